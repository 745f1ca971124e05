#include "parallel/retry_policy.h"

#include <algorithm>
#include <limits>

namespace batchmill::parallel {
namespace {

constexpr Duration kFirstCrashDelay = std::chrono::milliseconds(100);
constexpr std::uint32_t kMostDoublings = 5;

AttemptStatus corrected(const Outcome& outcome, const StepRules& rules) {
  if (outcome.status != AttemptStatus::kRunDone) return outcome.status;
  const bool too_few = outcome.succeeded < outcome.total;
  return rules.count_check && too_few ? AttemptStatus::kRunShort : AttemptStatus::kRunDone;
}

}  // namespace

bool is_charged(AttemptStatus status) {
  return status != AttemptStatus::kRunDone && status != AttemptStatus::kNodeLost &&
         status != AttemptStatus::kCanceled;
}

Ruling rule_on(const Outcome& outcome, const History& before, const StepRules& rules,
               const ItemRange& part, std::uint32_t items) {
  const AttemptStatus status = corrected(outcome, rules);
  if (status == AttemptStatus::kRunDone) return {status, true, true, false};
  if (status == AttemptStatus::kNodeLost) {
    return {status, before.node_losses >= kMostNodeLosses, false, false};
  }
  if (status == AttemptStatus::kCanceled) return {status, false, false, false};
  const std::uint32_t retries = part.count > 1 ? 0 : rules.max_retries;
  const bool last = before.charged >= retries;
  if (last && rules.bisect && items > 1) return {status, false, false, true};
  return {status, last, last && status == AttemptStatus::kRunShort, false};
}

void remember(History& history, AttemptStatus status, std::uint16_t attempt) {
  if (is_charged(status)) ++history.charged;
  if (status == AttemptStatus::kProcessCrashed) ++history.crashes;
  if (status == AttemptStatus::kNodeLost) ++history.node_losses;
  constexpr std::uint16_t kMostAttempts = std::numeric_limits<std::uint16_t>::max();
  const auto next = static_cast<std::uint16_t>(std::min<int>(attempt + 1, kMostAttempts));
  history.next_attempt = std::max(history.next_attempt, next);
}

Duration retry_delay(AttemptStatus status, const History& history) {
  if (status != AttemptStatus::kProcessCrashed || history.crashes == 0) return Duration::zero();
  return kFirstCrashDelay * (1 << std::min(history.crashes - 1, kMostDoublings));
}

}  // namespace batchmill::parallel
