#pragma once

#include <optional>
#include <string>

#include "pipeline/bound_scalar.h"
#include "pipeline/check_context.h"

// Expressions that are evaluated inside a step: its own inputs and outputs (pipeline-yaml.md 3.1).
namespace batchmill::pipeline {

enum class Direction { kInput, kOutput };

// The declared input or output of the step that a name means ("x.path" is an alias of "x"), or "".
std::string own_name(const StepOutline& step, Direction direction, const std::string& name);
std::vector<std::string> own_names(const StepOutline& step, Direction direction);

// A text with ${{inputs.x}} and ${{outputs.y}}: reports 201, 202 and 207 to 209. True if it is
// right.
bool check_template(CheckContext& context, const StepOutline& step, const NamedScalar& at);

// A value that must be one expression: the name it means. Reports 501 or 508 (`code`), and 201.
std::optional<std::string> check_reference(CheckContext& context, const StepOutline& step,
                                           const NamedScalar& at, Direction direction, int code);

}  // namespace batchmill::pipeline
