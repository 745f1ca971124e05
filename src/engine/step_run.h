#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "engine/earlier_job.h"
#include "engine/job_environment.h"
#include "engine/node_hub.h"
#include "model/ids.h"
#include "model/job.h"
#include "model/job_folder.h"
#include "model/plan.h"
#include "model/progress.h"
#include "ports/files.h"
#include "ports/ledgers.h"
#include "ports/loop.h"

namespace batchmill::engine {

// What is known of a step wherever it runs: in a job, or once in the foreground. The references
// outlive it.
struct StepFacts {
  Files& files;
  const PipelinePlan& plan;
  const StepPlan& step;
  JobFolder job;
  WorkspaceFolder workspace;
  std::string job_name;
  Environment base_environment;
  std::string python_folder;  // holds the package batchmill.worker
  std::string version;        // of this program, for --client_sdk_version
  std::map<std::string, std::map<std::string, std::string>> outputs_of;  // of finished steps
};

// What every step run of a job is given. The references outlive the run.
struct StepContext : StepFacts {
  Loop& loop;
  NodeHub& hub;
  Epoch epoch;
  std::optional<EarlierStep> earlier;  // whose committed mini-batches are kept
};

// How a step ended, and what job.db keeps of it.
struct StepEnd {
  JobStatus status = JobStatus::kCompleted;
  std::string reason;
  std::string error;                         // JSON of the job error, docs/formats/job-error.md
  std::vector<std::string> warnings;         // each may have several lines
  std::optional<Count> mini_batches, items;  // of a parallel step
  std::uint64_t rows = 0;
};

// One step while it runs. Everything happens on the loop's thread.
class StepRun {
 public:
  struct Handlers {
    std::function<void(const StepEnd&)> on_end;  // last call; the run may be destroyed afterwards
    std::function<void(const StepRecord&)> on_record;  // durable facts of the step changed
    std::function<void(const JobEvent&)> on_event;
    std::function<void()> on_progress;  // a result became durable
  };
  virtual ~StepRun() = default;
  virtual void start() = 0;
  virtual void cancel() = 0;
  virtual void node_joined(const protocol::Hello& hello) = 0;
  virtual void node_lost(NodeId node, const std::string& reason) = 0;
  // A message about this step. Returns the commit group that makes it durable, 0 for none, or
  // kGroupLater when the step cannot tell yet: it moves the message away and says it by
  // NodeHub::taken_up().
  virtual std::uint64_t receive(NodeId node, protocol::ToLeader& message) = 0;
  virtual StepProgress progress() const = 0;
};

}  // namespace batchmill::engine
