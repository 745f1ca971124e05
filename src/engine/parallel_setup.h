#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/planner.h"
#include "engine/effective_settings.h"
#include "engine/parallel_rules.h"
#include "engine/prepare_step.h"
#include "engine/step_counts.h"
#include "engine/step_run.h"
#include "engine/worker_spec.h"
#include "parallel/scheduler.h"
#include "ports/bulk_files.h"
#include "ports/gpus.h"
#include "ports/ledgers.h"
#include "runlog/stop_reason.h"

namespace batchmill::engine {

// Names of ledger facts: the nodes' seats, and that the aggregated file is written.
inline constexpr const char* kSeatsFact = "seats";
inline constexpr const char* kMergedFact = "merged";

// Everything that a parallel step needs before its first event.
struct ParallelSetup {
  PreparedStep prepared;
  parallel::StepRules rules;
  Machine machine;
  // The user asked for it: such workers wait for something else than a core.
  bool more_workers_than_cores = false;
  std::vector<runlog::SettingUse> settings;
  std::optional<RowFormat> rows;  // absent: summary only
  std::unique_ptr<Ledger> ledger;
  std::string seats;  // of nodes of an earlier life (step_nodes.h)
  data::PlanRequest planning;
  WorkerSpecInput input;
  std::vector<std::string> arguments;            // sys.argv[1:] of the entry script
  std::optional<parallel::Scheduler> scheduler;  // knows what former leaders committed
  std::optional<parallel::Finish> verdict;  // the step had ended; only its results were not written
  std::vector<std::string> warnings;
  std::string taken_over;           // for people: what came from an earlier job
  std::optional<StepCounts> whole;  // all of it came, outputs included: there is nothing to run
};

struct SetupParts {
  Ledgers& ledgers;
  BulkFiles& bulk;
  std::uint32_t cores;
  Gpus& gpus;
  std::function<std::uint32_t(MiniBatchId)> items_of;  // for the scheduler, on the loop's thread
};

// The part of it that needs neither ledger nor leader: the step's folders, its input, rows and
// arguments, and worker.json with all of them. Blocking. Errors are the first line that a user
// sees.
Result<ParallelSetup> describe_parallel(const StepFacts& facts, BulkFiles& bulk,
                                        const Machine& machine, bool recovered);

// Blocking; runs on a background thread. Errors are the first line that a user sees.
Result<ParallelSetup> set_up_parallel(const StepContext& context, const SetupParts& parts,
                                      bool recovered);

// The message that starts one worker of the step; `gpus`: indices of those of its node.
void fill_start_worker(const StepContext& context, const ParallelSetup& setup, WorkerId worker,
                       const std::vector<std::uint32_t>& gpus, protocol::StartWorker& message);

// The aggregated file of a step with these outputs, or "" when rows are only counted.
std::string aggregated_path(const StepPlan& step,
                            const std::map<std::string, std::string>& outputs);

// A spool of its own for each worker process that ever was.
SpoolId spool_of(WorkerId worker);

}  // namespace batchmill::engine
