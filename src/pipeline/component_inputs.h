#pragma once

#include <map>
#include <string>

#include "pipeline/check_context.h"

namespace batchmill::pipeline {

// The inputs of a step that uses a component, as far as they are right: what the step binds, by the
// types that the component declares; else declared defaults. An optional input without either is
// noted in `step.unset_inputs`. Reports 105, 109, 401, 403, 404, 407, 408 and what bindings report.
std::map<std::string, StepInput> check_component_inputs(CheckContext& context, StepOutline& step,
                                                        const yaml::Value& mapping);

// 105 for each entry of a step's `inputs` or `outputs` that its component does not declare.
void report_undeclared(CheckContext& context, const StepOutline& step, const yaml::Value& mapping,
                       const char* section, const std::vector<std::string>& declared);

}  // namespace batchmill::pipeline
