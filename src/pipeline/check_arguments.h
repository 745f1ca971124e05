#pragma once

#include <string>

#include "pipeline/check_context.h"
#include "pipeline/fields.h"

namespace batchmill::pipeline {

// `task.program_arguments` (parallel-job.md 2): splits it, lets the arguments that the engine knows
// override the keys in `spec`, and reports 003 to 005, 112, 407, 505, 511 and 512. `inputs` are
// those of the step: literals among them take part in what is recognised.
void check_arguments(CheckContext& context, const StepOutline& step, const Fields& task,
                     const std::map<std::string, StepInput>& inputs, ParallelSpec& spec);

// A mini-batch size, an append_row_file_name, a logging level from text.
LoggingLevel logging_level_from(const std::string& text);
bool is_file_name(const std::string& text);

}  // namespace batchmill::pipeline
