#include "parallel/watchdogs.h"

#include <algorithm>

#include <fmt/format.h>

namespace batchmill::parallel {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// A timeout so long that its end lies beyond the clock never comes.
TimePoint after(TimePoint start, Duration timeout) {
  return timeout >= kNever - start ? kNever : start + timeout;
}

}  // namespace

Watchdogs::Watchdogs(const StepRules& rules, TimePoint now)
    : first_task_timeout_(rules.first_task_timeout),
      progress_timeout_(rules.progress_timeout),
      start_(now),
      progress_(now) {}

void Watchdogs::rest(bool resting, TimePoint now) {
  if (resting == resting_) return;
  if (resting) {
    rest_began_ = now;
  } else {
    start_ += now - rest_began_;
    progress_ += now - std::max(rest_began_, progress_);
  }
  resting_ = resting;
}

void Watchdogs::work_exists(TimePoint now) {
  if (any_work_) return;
  any_work_ = true;
  progressed(now);
}

void Watchdogs::progressed(TimePoint now) { progress_ = now; }

void Watchdogs::task_started(TimePoint now) {
  any_work_ = true;
  any_task_ = true;
  progressed(now);
}

TimePoint Watchdogs::deadline() const {
  if (resting_) return kNever;
  const TimePoint progress = any_work_ ? after(progress_, progress_timeout_) : kNever;
  return any_task_ ? progress : std::min(progress, after(start_, first_task_timeout_));
}

std::optional<Watchdogs::Alarm> Watchdogs::check(TimePoint now) const {
  if (now < deadline()) return std::nullopt;
  if (!any_task_ && now >= after(start_, first_task_timeout_)) {
    return Alarm{Cause::kFirstTask,
                 fmt::format("no mini-batch started within {:g} s", seconds(first_task_timeout_))};
  }
  return Alarm{Cause::kNoProgress,
               fmt::format("no progress for {:.0f} s", seconds(now - progress_))};
}

}  // namespace batchmill::parallel
