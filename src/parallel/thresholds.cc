#include "parallel/thresholds.h"

#include <fmt/format.h>

namespace batchmill::parallel {
namespace {

bool over(std::uint64_t count, std::int64_t threshold) {
  return threshold >= 0 && count > static_cast<std::uint64_t>(threshold);
}

// 0.57 percent of 10,000 are 57, although the product of these doubles is a little less than that.
// The next mini-batch is much further away for any number that a step can have.
constexpr double kRounding = 1 + 1e-12;

bool over_percent(const StepRules& rules, const Tally& tally) {
  if (!tally.mini_batches_known || tally.mini_batches == 0) return false;
  if (rules.allowed_failed_percent >= 100) return false;
  return 100.0 * static_cast<double>(tally.failed) >
         rules.allowed_failed_percent * static_cast<double>(tally.mini_batches) * kRounding;
}

}  // namespace

std::optional<Exceeded> exceeded_threshold(const StepRules& rules, const Tally& tally) {
  if (over(tally.failed, rules.mini_batch_error_threshold)) {
    return Exceeded{Cause::kMiniBatchThreshold,
                    fmt::format("{} mini-batches failed; mini_batch_error_threshold is {}",
                                tally.failed, rules.mini_batch_error_threshold)};
  }
  if (over(tally.items_failed, rules.error_threshold)) {
    return Exceeded{Cause::kItemThreshold, fmt::format("{} items failed; error_threshold is {}",
                                                       tally.items_failed, rules.error_threshold)};
  }
  if (over_percent(rules, tally)) {
    return Exceeded{Cause::kPercentThreshold,
                    fmt::format("{} of {} mini-batches failed; allowed_failed_percent is {}",
                                tally.failed, tally.mini_batches, rules.allowed_failed_percent)};
  }
  return std::nullopt;
}

}  // namespace batchmill::parallel
