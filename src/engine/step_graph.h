#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/plan.h"
#include "model/status.h"

// Which step may start, which never will, and how the pipeline ends (pipeline-yaml.md 3.5 and 5.2).
// Pure.
namespace batchmill::engine {

struct Decision {
  std::vector<std::string> start;  // in plan order
  struct Skip {
    std::string step;
    std::string reason;  // "train failed", "the pipeline stopped after train failed"
  };
  std::vector<Skip> skip;           // to be marked Canceled without having run
  std::vector<std::string> cancel;  // running steps to cancel (continue_on_step_failure: false)
  bool finished = false;            // every step is terminal after `skip` is applied
};

// The steps that the named step reads from, without repeats, in the order of their names.
std::vector<std::string> producers_of(const StepPlan& step);

// What to do now. `statuses` has an entry for every step of the plan.
Decision decide(const PipelinePlan& plan, const std::map<std::string, JobStatus>& statuses);

// Status of the whole once finished: Failed if a step failed, else Canceled if one was, else
// Completed. `reason` names the first failed step.
struct Ending {
  JobStatus status = JobStatus::kCompleted;
  std::string reason;
};
Ending ending_of(const PipelinePlan& plan, const std::map<std::string, JobStatus>& statuses);

}  // namespace batchmill::engine
