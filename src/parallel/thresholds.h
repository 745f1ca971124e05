#pragma once

#include <optional>
#include <string>

#include "parallel/scheduler.h"

namespace batchmill::parallel {

struct Exceeded {
  Cause cause = Cause::kNone;
  std::string detail;
};

// The first threshold that the committed figures exceed (parallel-job.md 5.4): strictly greater,
// -1 (100 for the percentage) turns one off, the percentage only once the plan is complete.
std::optional<Exceeded> exceeded_threshold(const StepRules& rules, const Tally& tally);

}  // namespace batchmill::parallel
