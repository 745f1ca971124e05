#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/planner.h"
#include "engine/prepare_step.h"
#include "engine/step_run.h"
#include "engine/worker_spec.h"
#include "parallel/scheduler.h"
#include "ports/bulk_files.h"
#include "ports/ledgers.h"
#include "runlog/stop_reason.h"

namespace batchmill::engine {

// Everything that a parallel step needs before its first event.
struct ParallelSetup {
  PreparedStep prepared;
  parallel::StepRules rules;
  // The user asked for it: such workers wait for something else than a core.
  bool more_workers_than_cores = false;
  std::vector<runlog::SettingUse> settings;
  std::optional<RowFormat> rows;  // absent: summary only
  std::unique_ptr<Ledger> ledger;
  data::PlanRequest planning;
  WorkerSpecInput input;
  std::vector<std::string> arguments;            // sys.argv[1:] of the entry script
  std::optional<parallel::Scheduler> scheduler;  // knows what former leaders committed
  std::optional<parallel::Finish> verdict;  // the step had ended; only its results were not written
  std::vector<std::string> warnings;
};

struct SetupParts {
  Ledgers& ledgers;
  BulkFiles& bulk;
  std::uint32_t cores;
  std::function<std::uint32_t(MiniBatchId)> items_of;  // for the scheduler, on the loop's thread
};

// The part of it that needs neither ledger nor leader: the step's folders, its input, rows and
// arguments, and worker.json with all of them. Blocking. Errors are the first line that a user
// sees.
Result<ParallelSetup> describe_parallel(const StepFacts& facts, BulkFiles& bulk,
                                        std::uint32_t cores, bool recovered);

// Blocking; runs on a background thread. Errors are the first line that a user sees.
Result<ParallelSetup> set_up_parallel(const StepContext& context, const SetupParts& parts,
                                      bool recovered);

// The message that starts one worker of the step.
void fill_start_worker(const StepContext& context, const ParallelSetup& setup, WorkerId worker,
                       protocol::StartWorker& message);

// A spool of its own for each worker process that ever was.
SpoolId spool_of(WorkerId worker);

}  // namespace batchmill::engine
