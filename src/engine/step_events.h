#pragma once

#include <string>

#include "engine/step_counts.h"
#include "engine/step_run.h"
#include "model/job.h"
#include "model/plan.h"
#include "model/progress.h"

// What watchers are told of a step, made from its record. Pure.
namespace batchmill::engine {

// A new status of a step that goes on.
JobEvent status_event(const StepRecord& record);
// The end of a step, with its figures.
JobEvent end_event(const StepRecord& record, const StepEnd& end);

// What progress.json says of a step that does not run: not yet, or not any more. `counts` may be
// null.
StepProgress resting_progress(const StepPlan& plan, const StepRecord& record,
                              const StepCounts* counts);

}  // namespace batchmill::engine
