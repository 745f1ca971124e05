#pragma once

#include <string>

#include "pipeline/check_context.h"
#include "pipeline/fields.h"

namespace batchmill::pipeline {

// `task.program_arguments` (parallel-job.md 2): splits it, lets the arguments that the engine knows
// override the keys in `spec`, and reports 003 to 005, 109, 112, 407, 503, 505, 511 and 512.
// `inputs` are those of the step: literals among them take part in what is recognised.
void check_arguments(CheckContext& context, const StepOutline& step, const Fields& task,
                     const std::map<std::string, StepInput>& inputs, ParallelSpec& spec);

}  // namespace batchmill::pipeline
