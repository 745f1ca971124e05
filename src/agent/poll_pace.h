#pragma once

#include <cstdint>

#include "base/time.h"

namespace batchmill::agent {

// How often the agent looks at a busy worker's board, and whether the worker should wake it. Quick
// mini-batches are collected every 2 ms without a system call per result; slow ones wake the agent
// at once, so that looking costs them nothing and adds no delay. Pure.
class PollPace {
 public:
  // `results` were taken at `now`; `held` leases are left with the worker.
  void note(std::uint32_t results, std::uint32_t held, TimePoint now);
  bool wake_wanted() const { return wake_wanted_; }
  Duration wait() const;  // until the next look, unless a wake-up comes

 private:
  TimePoint window_start_{};
  std::uint32_t window_results_ = 0;
  bool streaming_ = false;
  bool wake_wanted_ = true;
};

}  // namespace batchmill::agent
