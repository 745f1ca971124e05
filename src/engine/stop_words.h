#pragma once

#include <optional>
#include <string>

#include "engine/parallel_setup.h"
#include "engine/step_run.h"
#include "parallel/scheduler.h"
#include "runlog/job_result.h"
#include "runlog/stop_reason.h"

namespace batchmill::engine {

// Why a parallel step failed, in words: the scheduler's cause with the step's figures and settings.
// Nothing for a failure that the error record of a worker explains by itself. Pure.
std::optional<runlog::StopReason> stop_reason(const StepContext& context,
                                              const ParallelSetup& setup,
                                              const parallel::Finish& verdict,
                                              const runlog::StepFigures& figures);

}  // namespace batchmill::engine
