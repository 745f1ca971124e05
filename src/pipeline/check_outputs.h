#pragma once

#include <map>
#include <string>

#include "pipeline/check_context.h"

// Outputs: their types, modes and places (pipeline-yaml.md 3.1, 4.2, 4.3).
namespace batchmill::pipeline {

// Declares everything under the top-level `outputs`.
void check_pipeline_outputs(CheckContext& context, const yaml::Value& mapping);

// The outputs of a step as far as they are right; what is bound to an output of the pipeline takes
// over its type, mode and path.
std::map<std::string, StepOutput> check_step_outputs(CheckContext& context, const StepOutline& step,
                                                     const yaml::Value& mapping);

}  // namespace batchmill::pipeline
