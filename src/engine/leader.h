#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/earlier_job.h"
#include "engine/job_reporter.h"
#include "engine/node_hub.h"
#include "engine/step_counts.h"
#include "engine/step_run.h"
#include "model/job.h"
#include "ports/bulk_files.h"
#include "ports/gpus.h"
#include "ports/job_store.h"

namespace batchmill::engine {

// What the leader is built from; apps/ hands over the real parts.
struct LeaderParts {
  Loop& loop;
  Files& files;
  BulkFiles& bulk;
  Locks& locks;
  Nodes& nodes;
  ChannelListener& listener;
  Stores& stores;
  Ledgers& ledgers;
  int pid;                    // of this process
  std::uint32_t cores;        // usable on this machine
  Gpus& gpus;                 // of this machine
  Environment environment;    // of this process
  std::string python_folder;  // holds the package batchmill.worker
  std::string version;        // of this program
  // Called at the first durable result of this life, so that the supervisor counts it as useful.
  std::function<void()> on_progress;
};

// One life of the leader of one job: reads what is durable, runs what is left of the step graph,
// and returns when the job is over (design.md section 1). The caller holds leader.lock.
class Leader {
 public:
  Leader(LeaderParts parts, JobFolder job);
  ~Leader();

  // Runs until the job has ended; success means that its end is durable in job.db.
  Result<void> run();

 private:
  Result<void> begin();
  Result<void> forget_unsuccessful();
  void advance();
  void start_step(const StepPlan& plan);
  void want_nodes();
  Result<std::optional<EarlierStep>> earlier_of(const StepPlan& plan);
  bool take_over_command(const StepPlan& plan, const EarlierStep& earlier);
  StepContext context_of(const StepPlan& plan, std::optional<EarlierStep> earlier);
  void run_step(const StepPlan& plan, std::optional<EarlierStep> earlier, bool recovered);
  void read_counts();
  void skip_step(const std::string& step, const std::string& reason);
  void end_step(const std::string& step, const StepEnd& end);
  void tell(const JobEvent& event);
  void save_step(const StepRecord& record);
  void finish();
  void leave();
  void wait_for_agents();
  void cancel_all();
  void look_at_control();
  void tick();
  void give_up(const std::string& reason);
  void each_running(const std::function<void(StepRun&)>& call);
  NodeHub::Handlers hub_handlers();
  StepRun::Handlers step_handlers(const std::string& step);
  std::pair<std::string, std::uint64_t> route(NodeId node, protocol::ToLeader& message);
  std::map<std::string, JobStatus> statuses() const;
  std::map<std::string, std::map<std::string, std::string>> finished_outputs() const;
  JobProgress progress() const;

  LeaderParts parts_;
  JobFolder job_;
  WorkspaceFolder workspace_;
  std::unique_ptr<JobStore> store_;
  std::unique_ptr<JobIndex> index_;
  JobRecord record_;
  PipelinePlan plan_;
  std::unique_ptr<JobReporter> reporter_;
  std::unique_ptr<NodeHub> hub_;
  std::map<std::string, StepRecord> steps_;
  std::map<std::string, StepCounts> counts_;  // of parallel steps that have ended
  EarlierJobs earlier_;
  std::map<std::string, std::unique_ptr<StepRun>> running_;
  std::vector<std::unique_ptr<StepRun>> ended_;  // destroyed outside of their own calls
  Result<void> result_;
  bool canceling_ = false;
  bool over_ = false;
  TimePoint leaving_since_{};
};

}  // namespace batchmill::engine
