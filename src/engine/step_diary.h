#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/failure_watch.h"
#include "engine/parallel_setup.h"
#include "engine/step_run.h"
#include "runlog/mini_batch_report.h"
#include "runlog/step_log.h"
#include "runlog/worker_gpus.h"

namespace batchmill::engine {

// What is told of a parallel step while it runs: its logs, the events that watchers see (notices,
// the first failure of each kind, lost nodes), and what its reports need beyond the ledger (script
// events, warnings). It decides nothing. On the loop's thread.
class StepDiary {
 public:
  using Tell = std::function<void(const JobEvent&)>;
  // `context` outlives this; `pid`: of the leader.
  StepDiary(const StepContext& context, int pid, Tell tell)
      : context_(context), pid_(pid), tell_(std::move(tell)) {}

  // Begins the logs. Before, everything but warn() is lost.
  void open(const ParallelSetup& setup);

  void heard(NodeId node, const protocol::ToLeader& message);
  void node_joined(const protocol::Hello& hello);
  void node_lost(NodeId node, const std::string& reason);
  void planned(const parallel::PlanComplete& plan, Duration elapsed);
  void committed(const std::vector<AttemptRecord>& attempts, std::uint32_t tries);
  void progress(const StepProgress& step);  // as often as you like
  void concatenating();
  // `rows`: of the aggregated file, where there is one.
  void ended(const StepEnd& end, std::optional<std::uint64_t> rows, StepProgress last);
  void warn(const std::vector<std::string>& warnings);  // for the end of the step
  void leader_warning(const std::string& text);         // only for the log

  // What the end of the step shows; misfits of all workers summed up.
  std::vector<std::string> warnings() const;
  const std::vector<runlog::ScriptEvent>& script_events() const { return script_events_; }
  const runlog::WorkerGpus& gpus() const { return gpus_; }
  Duration longest_init() const { return longest_init_; }

 private:
  WallTime now() const { return context_.loop.wall_now(); }
  void taken_over(const std::string& what);
  void log_worker(WorkerId worker, std::string_view level, const std::string& what);
  void script(WorkerId worker, const char* status, Duration elapsed, const std::string& error);
  void started(WorkerId worker, const protocol::WorkerStarting& start);
  void exited(WorkerId worker, const protocol::WorkerExited& exit);
  void notice(WorkerId worker, const std::string& text);

  const StepContext& context_;
  int pid_;
  Tell tell_;
  std::optional<runlog::StepLog> log_;
  std::set<std::string> seen_notices_;
  std::vector<std::string> warnings_;
  MisfitCounts misfits_;
  FailureWatch failures_;
  std::map<WorkerId, WallTime> init_began_;
  std::vector<runlog::ScriptEvent> script_events_;  // at most kMostScriptEvents
  runlog::WorkerGpus gpus_;
  Duration longest_init_{};
};

}  // namespace batchmill::engine
