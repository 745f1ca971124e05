#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/plan.h"

// The environment variables of user processes (pipeline-yaml.md 6.1, parallel-job.md 3.6). Pure.
namespace batchmill::engine {

using Environment = std::vector<std::pair<std::string, std::string>>;

struct EnvironmentFacts {
  std::string step_job;  // AZUREML_RUN_ID
  std::string root_job;  // AZUREML_ROOT_RUN_ID
  std::string experiment;
  std::string workspace_name;
  std::map<std::string, std::string> inputs;   // data inputs only: name -> path
  std::map<std::string, std::string> outputs;  // name -> path
  std::uint32_t node_count = 1;                // of the step
};

// `base` is the leader's own environment; Batchmill's variables are taken out of it, the step's
// `environment_variables` come last and win.
Environment command_environment(const Environment& base, const StepPlan& step,
                                const EnvironmentFacts& facts);

struct WorkerFacts {
  std::string python_folder;  // holds batchmill.worker
  std::string output_folder;
  std::uint32_t node = 0;
  std::uint32_t gpus = 0;  // of its node
  // The engine hands out GPUs: CUDA_VISIBLE_DEVICES is set for each worker, or for none. Else what
  // the user set is left as it is.
  bool gpus_are_shared = false;
};

// The same for a worker, with what its runtime needs.
Environment worker_environment(const Environment& base, const StepPlan& step,
                               const EnvironmentFacts& facts, const WorkerFacts& worker);

}  // namespace batchmill::engine
