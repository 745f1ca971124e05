#pragma once

#include "pipeline/bound_scalar.h"
#include "pipeline/check_context.h"

namespace batchmill::pipeline {

// The input that is split into mini-batches: its type, its mode and whether the size fits
// (parallel-job.md 4.1 and 4.3). `at` is `input_data`. Reports 109, 404, 502 and 504.
void check_split_input(CheckContext& context, const StepOutline& step, const NamedScalar& at,
                       const StepPlan& plan, const ParallelSpec& spec);

// The other inputs of a step: none can be evaluated before the step (BM112).
void check_side_inputs(CheckContext& context, const StepOutline& step, const StepPlan& plan,
                       const std::string& split_input);

}  // namespace batchmill::pipeline
