#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "data/manifest_reader.h"
#include "engine/background.h"
#include "engine/estimate.h"
#include "engine/failure_watch.h"
#include "engine/parallel_setup.h"
#include "engine/step_nodes.h"
#include "engine/step_run.h"
#include "parallel/scheduler.h"
#include "ports/bulk_files.h"
#include "ports/ledgers.h"
#include "runlog/attempt_log.h"
#include "runlog/mini_batch_report.h"
#include "runlog/step_log.h"

namespace batchmill::engine {

// What a parallel step needs beyond what every step is given.
struct ParallelParts {
  Ledgers& ledgers;
  BulkFiles& bulk;
  std::uint32_t cores;  // usable on this machine
  Gpus& gpus;
  int pid;  // of the leader, for its log
};

// Drives one parallel step: turns messages, ledger answers, planning and timers into events of the
// pure scheduler, and carries out its effects. One instance per life of the leader; everything that
// must outlive it is in the ledger, the manifest and the spools.
//
//   preparing -> running -> finishing (merge, reports) -> on_end
class ParallelStep : public StepRun {
 public:
  ParallelStep(StepContext context, ParallelParts parts, StepRecord record, bool recovered,
               Handlers handlers);
  ~ParallelStep() override;

  void start() override;
  void cancel() override;
  void node_joined(const protocol::Hello& hello) override;
  void node_lost(NodeId node, const std::string& reason) override;
  std::uint64_t receive(NodeId node, protocol::ToLeader& message) override;
  StepProgress progress() const override;

 private:
  enum class Phase { kPreparing, kRunning, kFinishing, kEnded };

  const ParallelSpec& spec() const;
  void prepared(Result<ParallelSetup> setup);
  void start_planning();
  void plan_grew(const data::PlanProgress& progress);
  void plan_ended(const Result<data::PlanResult>& result);
  void plan_completed();
  void fail_planning(const std::string& reason);
  std::uint32_t planned_items(MiniBatchId id);
  void use_nodes();
  void take_up_early_messages();
  void join_node(const protocol::Hello& hello);
  bool has_our_workers(const protocol::Hello& hello) const;
  void keep_seats();
  void watch_resources(NodeId node, Duration interval);
  void copy_logs();
  void lose_node(NodeId node, const std::string& reason);
  void feed(const parallel::Event& event);
  void carry_out(std::vector<parallel::Effect>& effects);
  void carry_out(parallel::StartWorker& effect);
  void carry_out(parallel::StopWorker& effect);
  void carry_out(parallel::Lease& effect);
  void carry_out(parallel::Revoke& effect);
  void carry_out(parallel::KillAttempt& effect);
  void carry_out(parallel::Commit& effect);
  void carry_out(parallel::Finish& effect);
  Result<void> commit_durably(const CommitGroup& group);
  void group_committed(std::uint64_t group, const Result<void>& result,
                       const std::vector<AttemptRecord>& attempts);
  void set_timer();
  void note_busy(NodeId node, const protocol::Busy& busy);
  void note_script(WorkerId worker, const char* status, Duration elapsed, std::string error);
  void tell_taken_over();
  void open_logs();
  void tell_progress();
  void log_end(const StepEnd& end);
  void log_worker(WorkerId worker, std::string_view level, const std::string& what);
  void show_notice(WorkerId worker, const std::string& notice);
  void finish(const parallel::Finish& verdict);
  void end(const StepEnd& end);
  void fail(const std::string& reason);
  std::string phase_name() const;

  StepContext context_;
  ParallelParts parts_;
  StepRecord record_;
  Handlers handlers_;
  bool recovered_;
  Phase phase_ = Phase::kPreparing;
  TimePoint started_;
  TimePoint phase_since_;
  std::unique_ptr<ParallelSetup> setup_;
  std::optional<parallel::Scheduler> scheduler_;
  StepNodes nodes_;
  std::map<NodeId, protocol::Hello> hellos_;  // of the nodes that are there
  std::vector<std::pair<NodeId, protocol::ToLeader>> early_messages_;  // while preparing
  std::optional<data::ManifestReader> manifest_;                       // for planned_items()
  std::uint64_t last_group_ = 0;
  data::PlanProgress plan_;  // durable in the ledger
  std::shared_ptr<const std::vector<MiniBatchId>> order_;
  bool canceling_ = false;
  std::set<std::string> seen_notices_;
  std::vector<std::string> warnings_;
  MisfitCounts misfits_;
  FailureWatch failures_;
  std::optional<runlog::StepLog> log_;
  std::optional<runlog::AttemptLog> attempt_log_;  // the ledger thread's own
  Loop::Timer log_timer_ = 0;
  std::map<WorkerId, WallTime> init_began_;
  std::vector<runlog::ScriptEvent> script_events_;  // at most kMostScriptEvents
  Duration longest_init_{};
  std::set<SpoolId> named_spools_;  // whose names are durable; the ledger thread's own
  Estimate estimate_;
  std::map<WorkerId, RunningAttempt> running_;
  Loop::Timer timer_ = 0;
  TimePoint timer_at_ = kNever;
  std::atomic<bool> stop_planning_{false};
  std::atomic<int> merged_permille_{0};
  // Destroyed first, so that no work of theirs outlives what it uses.
  std::unique_ptr<Background> ledger_thread_;
  std::unique_ptr<Background> planning_thread_;
};

}  // namespace batchmill::engine
