#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "model/job.h"
#include "model/job_folder.h"
#include "model/plan.h"
#include "ports/files.h"
#include "ports/job_store.h"
#include "ports/locks.h"

namespace batchmill::engine {

// A step of an earlier job, whose results a step of this one may take over.
struct EarlierStep {
  std::string job;
  std::shared_ptr<const StepPlan> plan = nullptr;
  StepRecord record;
  StepFolder folder{""};
  std::string problem;  // not empty: it cannot be read now, and why; all else is empty then
};

// The jobs that this one resumes from: of the whole (`job create --resume-from`) and of single
// steps (`--resume_from`), each read once. Blocking, small reads.
class EarlierJobs {
 public:
  struct Parts {
    Files& files;
    Locks& locks;
    Stores& stores;
  };
  EarlierJobs(Parts parts, WorkspaceFolder workspace)
      : parts_(parts), workspace_(std::move(workspace)) {}

  // The step that `step` of `plan` resumes from, or nothing where it begins anew. Of a step that
  // was itself taken over whole it is the one that ran, as long as its job is there. Errors name
  // the job: it does not exist, it still runs, or it lacks the step that was asked for.
  Result<std::optional<EarlierStep>> find(const PipelinePlan& plan, const StepPlan& step);

 private:
  struct Job {
    std::string name;
    JobRecord record;
    PipelinePlan plan;
  };
  struct Found {
    std::string job;
    std::string step;  // of a step's job; empty: a job
  };
  Result<Found> locate(const std::string& name);
  Result<std::optional<EarlierStep>> step_of(const Found& found, const std::string& step);
  Result<const Job*> open(const std::string& name);

  Parts parts_;
  WorkspaceFolder workspace_;
  std::map<std::string, Job> jobs_;
};

}  // namespace batchmill::engine
