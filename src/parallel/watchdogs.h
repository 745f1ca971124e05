#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "parallel/scheduler.h"

namespace batchmill::parallel {

// The first-task and the progress watchdog (parallel-job.md 5.5). Progress is an init() that
// finished and an attempt that started or ended. The clocks rest while the step waits for compute.
class Watchdogs {
 public:
  Watchdogs(const StepRules& rules, TimePoint now);
  void rest(bool resting, TimePoint now);
  // The first mini-batch exists: from here on lack of progress counts. Before, it is the first-task
  // watchdog alone that bounds a long listing.
  void work_exists(TimePoint now);
  void progressed(TimePoint now);
  void task_started(TimePoint now);  // also progress
  bool resting() const { return resting_; }

  struct Alarm {
    Cause cause = Cause::kNone;
    std::string detail;
  };
  std::optional<Alarm> check(TimePoint now) const;
  TimePoint deadline() const;  // when check() would raise an alarm

 private:
  Duration first_task_timeout_;
  Duration progress_timeout_;
  TimePoint start_;     // shifted by the rests
  TimePoint progress_;  // likewise
  TimePoint rest_began_{};
  bool resting_ = false;
  bool any_work_ = false;
  bool any_task_ = false;
};

}  // namespace batchmill::parallel
