#pragma once

#include <cstdint>
#include <vector>

#include "parallel/scheduler.h"

namespace batchmill::parallel::simulation {

// A scheduler with many workers that do nothing but report, for measuring what a decision costs.
// The driver takes its own memory at once, so that what grows later is the scheduler's.
class BigCluster {
 public:
  struct Size {
    std::uint32_t nodes = 1;
    std::uint32_t workers_per_node = 1;
    Duration run{};                  // of each mini-batch
    std::uint32_t fails_one_in = 0;  // attempts; 0: none
  };
  explicit BigCluster(const Size& size);

  // Every worker is ready and waits for work.
  void staff();
  // Plans so many mini-batches and runs them all.
  void run(std::uint64_t mini_batches);

  const Tally& tally() const { return scheduler_.tally(); }
  // What was needed for it; the same on every machine.
  struct Work {
    std::uint64_t events = 0, ticks = 0, leases = 0, commits = 0, other_effects = 0;
  };
  const Work& work() const { return work_; }

 private:
  struct Queue {
    std::vector<LeaseRange> ranges;
    std::size_t next = 0;
  };

  WorkerId worker(std::size_t index) const;
  bool report(std::size_t index);
  void tell(const Event& event);
  void obey(const Effect& effect, std::vector<Effect>& more);

  Size size_;
  TimePoint now_{std::chrono::hours(1)};
  std::vector<Queue> queues_;
  std::vector<Effect> effects_;
  Outcome outcome_;
  std::uint64_t reports_ = 0;
  Work work_;
  Scheduler scheduler_;
};

}  // namespace batchmill::parallel::simulation
