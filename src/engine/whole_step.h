#pragma once

#include <optional>

#include "engine/earlier_job.h"
#include "engine/step_counts.h"
#include "engine/step_run.h"
#include "ports/files.h"
#include "ports/ledgers.h"

namespace batchmill::engine {

// What is there of a step that an earlier job ran.
struct EarlierEnd {
  JobStatus status = JobStatus::kNotStarted;
  bool same_definition = false;  // but for code and environment
  bool outputs_exist = false;
  bool is_parallel = false;
  std::optional<StepCounts> counts;  // of a parallel step
};

// Whether a step need not run again: it was completed, it is the same but for its code, its outputs
// are there, and no mini-batch of it failed. Pure.
bool is_taken_whole(const EarlierEnd& end);

// Looks at the earlier step, and at what is left of it. Blocking, small reads.
EarlierEnd earlier_end(const StepPlan& plan, const EarlierStep& earlier, const Files& files,
                       Ledgers& ledgers);

// The record and the end of a step that is taken over whole; `counts`: of a parallel step.
StepRecord taken_whole(StepRecord record, const StepRecord& earlier);
StepEnd end_taken_whole(const StepRecord& record, const std::optional<StepCounts>& counts);

}  // namespace batchmill::engine
