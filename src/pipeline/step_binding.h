#pragma once

#include <optional>
#include <string>

#include "pipeline/bound_scalar.h"
#include "pipeline/check_context.h"
#include "pipeline/expressions.h"
#include "pipeline/input_entry.h"

// What the one expression of a step input binds it to.
namespace batchmill::pipeline {

// The input of `step` that `expression` gives it; type and mode are the source's, or the default,
// where the entry does not restate them. Reports 202 to 206, 401 and 406 and gives nothing then;
// silently nothing for what was reported elsewhere. Adds the edge of a producer.
std::optional<StepInput> bind_step_input(CheckContext& context, const StepOutline& step,
                                         const InputEntry& input, const Expression& expression);

// The type of an output of a step, from the file alone; nothing if it is not declared or broken.
std::optional<DataType> declared_output_type(const CheckContext& context, const StepOutline& step,
                                             const std::string& output);

}  // namespace batchmill::pipeline
