#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "parallel/scheduler.h"
#include "parallel/simulation/scenario.h"

namespace batchmill::parallel::simulation {

// When leases and starts may go out in one life of the leader: the rate limit, the stagger and
// largest_first, checked from the outside.
class PaceCheck {
 public:
  PaceCheck(const Scenario& scenario, Epoch epoch);
  // Empty, or what went out too early.
  std::string see(const Event& event, TimePoint now, const std::vector<Effect>& effects);
  // Leases of what another worker held too.
  std::uint64_t twins() const { return twins_; }

 private:
  void credit(const Event& event);
  void credit_all(WorkerId worker);
  void credit(double leases);
  bool is_out(const AttemptId& id) const;  // it, or another try of the same
  std::string see_lease(const Lease& lease, TimePoint now);
  std::string see_start(TimePoint now);
  bool keeps_order(const LeaseRange& range);

  const Scenario& scenario_;
  Epoch epoch_;
  bool plan_complete_ = false;
  std::map<WorkerId, std::set<AttemptId>> out_;  // leases that did not end
  double level_ = 0;  // leases of the rate limit's bucket that are used up
  TimePoint level_at_{};
  bool any_start_ = false;
  TimePoint last_start_{};
  std::vector<std::uint64_t> place_;  // of each mini-batch in the order
  std::uint64_t furthest_ = 0;        // place of the last first lease
  std::set<std::uint64_t> leased_;
  std::uint64_t twins_ = 0;
};

}  // namespace batchmill::parallel::simulation
