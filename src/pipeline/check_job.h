#pragma once

#include <optional>

#include "pipeline/check_context.h"

namespace batchmill::pipeline {

// The whole file, once it is a tree and `--set` has been applied: reports everything that is wrong
// and builds the plan as far as it is right (pipeline-yaml.md 1).
PipelinePlan check_job(CheckContext& context);

}  // namespace batchmill::pipeline
