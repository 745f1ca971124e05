#pragma once

#include <optional>

#include "pipeline/check_context.h"
#include "pipeline/fields.h"

namespace batchmill::pipeline {

// A command step, or the one step of a command job (pipeline-yaml.md 2): fills what is its own in
// `plan`. Reports everything that is wrong with it.
void check_command(CheckContext& context, const StepOutline& step, const Fields& fields,
                   StepPlan& plan);

}  // namespace batchmill::pipeline
