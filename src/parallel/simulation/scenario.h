#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "parallel/scheduler.h"
#include "parallel/simulation/random.h"

namespace batchmill::parallel::simulation {

// What a run of a mini-batch does.
enum class Deed : std::uint8_t { kSucceed, kReturnShort, kRaise, kFailToLoad, kHang, kCrash };

struct Run {
  Deed deed = Deed::kSucceed;
  Duration takes{};
  std::uint32_t succeeded = 0;
};

// Everything that a seed decides before the start: the step, its scripts' habits, and how often
// the world breaks.
struct Scenario {
  explicit Scenario(std::uint64_t seed);

  Run run_of(const AttemptId& id, Random& random) const;
  std::uint32_t items_of(MiniBatchId id) const;
  std::uint32_t items_of(const AttemptId& id) const;  // of the part that is tried
  std::string describe() const;

  std::uint64_t seed;
  StepRules rules;
  std::uint32_t nodes = 1;
  std::uint64_t mini_batches = 0;
  bool plan_at_once = true;
  Duration shortest{}, longest{};
  double stragglers = 0;                // runs that take a hundred times longer
  std::vector<Deed> habits;             // per mini-batch: what it does whenever it is not lucky
  std::vector<std::uint32_t> culprits;  // ... because of these items, one bit each
  std::shared_ptr<const std::vector<MiniBatchId>> order;  // with largest_first
  double luck = 0;      // a run of a bad mini-batch succeeds nevertheless
  double bad_luck = 0;  // a run of a good one fails
  bool init_always_fails = false;
  bool script_is_broken = false;
  double init_failures = 0;

  // Faults, until `calm_after`; per second of virtual time.
  Duration calm_after{};
  double leader_crashes = 0;
  double node_deaths = 0;
  double worker_deaths = 0;
  double connection_losses = 0;
  double doubled = 0;          // per message, both ways
  double reordered = 0;        // per message: overtaken by what was sent within a second after it
  double stalled = 0;          // per message: it and all behind it are late
  double commit_failures = 0;  // per commit
  Duration cancel_after{};     // zero: never
  std::uint32_t resumes = 0;   // after a failure or a cancel, as `job resume` does

 private:
  void choose_pace(Random& random);
};

}  // namespace batchmill::parallel::simulation
