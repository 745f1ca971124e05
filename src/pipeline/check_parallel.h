#pragma once

#include "pipeline/check_context.h"
#include "pipeline/fields.h"

namespace batchmill::pipeline {

// A parallel step (parallel-job.md 1, 2 and 4.1): fills what is its own in `plan`, whose inputs and
// outputs are known already. Reports everything that is wrong with it.
void check_parallel(CheckContext& context, const StepOutline& step, const Fields& fields,
                    StepPlan& plan);

}  // namespace batchmill::pipeline
