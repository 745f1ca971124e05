#pragma once

#include <map>
#include <string>

#include "model/plan.h"
#include "pipeline/check_context.h"
#include "pipeline/fields.h"

namespace batchmill::pipeline {

// What the settings of a parallel step say about each other, once keys and arguments are read:
// output_action against append_row_to (107, 512), and settings that have no effect beside or
// without another one (506). `has_target`: append_row_to is given, right or wrong.
void check_setting_pairs(CheckContext& context, const Fields& step, const ParallelSpec& spec,
                         const std::map<std::string, StepOutput>& outputs, bool has_target);

}  // namespace batchmill::pipeline
