#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/check_context.h"
#include "pipeline/fields.h"

// Steps (pipeline-yaml.md 1.3).
namespace batchmill::pipeline {

// Finds the steps under `jobs` and their kinds; reports names and kinds that are wrong.
std::vector<StepOutline> outline_steps(CheckContext& context, const yaml::Value& jobs);

// Everything that is wrong with one step, and its plan as far as it is right.
StepPlan check_step(CheckContext& context, const StepOutline& step);

// `instance_count` of `resources`, 1 when it is not given; a notice for more than one.
std::int64_t check_instances(CheckContext& context, const std::optional<Fields>& resources);

}  // namespace batchmill::pipeline
