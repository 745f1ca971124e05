#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "parallel/scheduler.h"

namespace batchmill::engine {

// Name of the ledger fact that says how a parallel step ended. It is durable before the first
// result of the step is written, so that a restarted leader repeats only the writing.
inline constexpr const char* kVerdictFact = "verdict";

std::string verdict_to_json(const parallel::Finish& verdict);
Result<parallel::Finish> verdict_from_json(std::string_view text);

}  // namespace batchmill::engine
