#include "parallel/attempt_timer.h"

#include <algorithm>

namespace batchmill::parallel {
namespace {

TimePoint end_of(const AttemptSlot& slot, Duration limit) {
  if (slot.ticket == 0 || limit <= Duration::zero()) return kNever;
  return limit >= kNever - slot.start ? kNever : slot.start + limit;
}

}  // namespace

std::optional<TimeoutVerdict> timed_out(const AttemptSlots& slots, const AttemptLimits& limits,
                                        TimePoint now) {
  if (now == kNever) return std::nullopt;
  if (now >= end_of(slots.running, limits.run)) {
    return TimeoutVerdict{slots.running.ticket, AttemptStatus::kRunTimeout};
  }
  if (now >= end_of(slots.loading, limits.load)) {
    return TimeoutVerdict{slots.loading.ticket, AttemptStatus::kLoadTimeout};
  }
  return std::nullopt;
}

TimePoint next_timeout(const AttemptSlots& slots, const AttemptLimits& limits) {
  return std::min(end_of(slots.running, limits.run), end_of(slots.loading, limits.load));
}

}  // namespace batchmill::parallel
