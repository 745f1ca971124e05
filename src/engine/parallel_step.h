#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/background.h"
#include "engine/durable_commits.h"
#include "engine/estimate.h"
#include "engine/parallel_setup.h"
#include "engine/step_diary.h"
#include "engine/step_nodes.h"
#include "engine/step_planning.h"
#include "engine/step_run.h"
#include "parallel/scheduler.h"
#include "ports/bulk_files.h"
#include "ports/ledgers.h"

namespace batchmill::engine {

// What a parallel step needs beyond what every step is given.
struct ParallelParts {
  Ledgers& ledgers;
  BulkFiles& bulk;
  std::uint32_t cores;  // usable on this machine
  Gpus& gpus;
  int pid;  // of the leader, for its log
};

// Drives one parallel step: feeds messages, ledger answers, planning and timers to the pure
// scheduler as events, and carries out its effects. One instance per life of the leader; everything
// that must outlive it is in the ledger, the manifest and the spools.
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
  void use_nodes();
  void take_up_early_messages();
  void join_node(const protocol::Hello& hello);
  bool has_our_workers(const protocol::Hello& hello) const;
  void keep_seats();
  void watch_resources(NodeId node, Duration interval);
  void name_process(WorkerId worker, std::int64_t pid);
  void note_busy(NodeId node, const protocol::Busy& busy);
  void feed(const parallel::Event& event);
  void carry_out(std::vector<parallel::Effect>& effects);
  void carry_out(parallel::StartWorker& effect);
  void carry_out(parallel::StopWorker& effect);
  void carry_out(parallel::Lease& effect);
  void carry_out(parallel::Revoke& effect);
  void carry_out(parallel::KillAttempt& effect);
  void carry_out(parallel::Commit& effect);
  void carry_out(parallel::Finish& effect);
  void group_committed(std::uint64_t group, const Result<void>& result,
                       const std::vector<AttemptRecord>& attempts);
  void set_timer();
  void tell_progress();
  void finish(const parallel::Finish& verdict);
  void end(const StepEnd& end);
  Result<void> copy_logs();
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
  StepDiary diary_;
  Estimate estimate_;
  std::map<WorkerId, RunningAttempt> running_;
  std::optional<DurableCommits> commits_;  // the ledger thread's own
  std::uint64_t last_group_ = 0;
  bool canceling_ = false;
  Loop::Timer timer_ = 0;
  TimePoint timer_at_ = kNever;
  Loop::Timer progress_timer_ = 0;
  std::atomic<int> merged_permille_{0};
  // Destroyed first, so that no work of theirs outlives what it uses.
  std::unique_ptr<Background> ledger_thread_;
  StepPlanning planning_;
};

}  // namespace batchmill::engine
