#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "model/attempt.h"

// The timers of one worker, for its agent: they belong to the attempt and run even when there is no
// leader (design.md section 5; parallel-job.md 5.2). Pure.
namespace batchmill::parallel {

struct AttemptLimits {
  Duration load{};  // from the start of loading; zero or less: none
  Duration run{};   // from the start of run(); zero or less: none
};

// The slots of a worker's board as they were read; ticket 0: nothing.
struct AttemptSlot {
  std::uint64_t ticket = 0;
  TimePoint start{};
};
struct AttemptSlots {
  AttemptSlot running;
  AttemptSlot loading;
};

struct TimeoutVerdict {
  std::uint64_t ticket = 0;                           // the lease that is charged
  AttemptStatus status = AttemptStatus::kRunTimeout;  // or kLoadTimeout
};

// The attempt that must be killed now. Killing ends the process, so one verdict is enough: a run
// that is over its time goes before a load that is, because the load is only its neighbour.
std::optional<TimeoutVerdict> timed_out(const AttemptSlots& slots, const AttemptLimits& limits,
                                        TimePoint now);

// When timed_out() would answer at the earliest if nothing changed; kNever when nothing is timed.
// Slots change without a message, so read them again then before acting.
TimePoint next_timeout(const AttemptSlots& slots, const AttemptLimits& limits);

}  // namespace batchmill::parallel
