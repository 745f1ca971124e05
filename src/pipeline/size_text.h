#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/plan.h"

namespace batchmill::pipeline {

// "10", "10kb", "10 MB" (parallel-job.md 4.3): digits, one optional blank, an optional unit of
// 1024 to the first, second or third. Nothing for zero, for what does not fit 64 bits and for
// anything else.
std::optional<MiniBatchSize> parse_mini_batch_size(std::string_view text);

}  // namespace batchmill::pipeline
