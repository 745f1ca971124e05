#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/parallel_setup.h"
#include "engine/step_run.h"
#include "parallel/scheduler.h"
#include "ports/bulk_files.h"
#include "runlog/mini_batch_report.h"

namespace batchmill::engine {

struct FinishRequest {
  const StepContext& context;
  BulkFiles& bulk;
  ParallelSetup& setup;
  parallel::Finish verdict;
  std::vector<std::string> warnings;  // found while it ran
  StepRecord record;
  std::function<void(double fraction)> merged;
  std::vector<runlog::ScriptEvent> script_events;  // of this life of the leader
  runlog::WorkerGpus gpus;
  Duration longest_init{};  // 0: not seen in this life
};

// The end of a parallel step: makes the verdict durable, merges the rows of a completed step,
// writes every report from the ledger, and says what job.db keeps. Blocking; may be repeated by a
// restarted leader at any point.
StepEnd finish_parallel(FinishRequest& request);

// `job resume`: the failures of an earlier end of this step no longer count.
Result<void> forget_parallel_failure(Ledgers& ledgers, Files& files, const StepFolder& folder);

// The end of a step that could not begin.
StepEnd failed_before_running(const StepContext& context, const std::string& reason);

}  // namespace batchmill::engine
