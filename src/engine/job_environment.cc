#include "engine/job_environment.h"

#include <fmt/format.h>

namespace batchmill::engine {

namespace {

using Variables = std::map<std::string, std::string>;

Variables inherited(const Environment& base) {
  Variables variables;
  for (const auto& [name, value] : base) {
    if (!name.starts_with("BATCHMILL_")) variables[name] = value;
  }
  return variables;
}

void put_bin_folder_first(Variables& variables, const std::string& bin_folder) {
  if (bin_folder.empty()) return;
  const std::string path = variables["PATH"];
  variables["PATH"] = path.empty() ? bin_folder : bin_folder + ":" + path;
}

void add_job_facts(Variables& variables, const EnvironmentFacts& facts) {
  variables["AZUREML_RUN_ID"] = facts.step_job;
  variables["AZUREML_ROOT_RUN_ID"] = facts.root_job;
  variables["AZUREML_ARM_SUBSCRIPTION"] = "00000000-0000-0000-0000-000000000000";
  variables["AZUREML_ARM_RESOURCEGROUP"] = "local";
  variables["AZUREML_ARM_WORKSPACE_NAME"] = facts.workspace_name;
  variables["AZUREML_ARM_PROJECT_NAME"] = facts.experiment;
  variables["AZUREML_NODE_COUNT"] = std::to_string(facts.node_count);
  variables["AZUREML_CR_NODE_RANK"] = "0";
  variables["AZUREML_PROCESS_NAME"] = "rank_0";
  for (const auto& [name, path] : facts.inputs) {
    variables["AZURE_ML_INPUT_" + name] = path;
    variables["AZUREML_DATAREFERENCE_" + name] = path;
  }
  for (const auto& [name, path] : facts.outputs) {
    variables["AZURE_ML_OUTPUT_" + name] = path;
    variables["AZUREML_DATAREFERENCE_" + name] = path;
  }
}

Environment finish(Variables variables, const StepPlan& step) {
  for (const auto& [name, value] : step.environment_variables) variables[name] = value;
  return {variables.begin(), variables.end()};
}

}  // namespace

Environment command_environment(const Environment& base, const StepPlan& step,
                                const EnvironmentFacts& facts) {
  Variables variables = inherited(base);
  put_bin_folder_first(variables, step.environment.bin_folder);
  add_job_facts(variables, facts);
  return finish(std::move(variables), step);
}

Environment worker_environment(const Environment& base, const StepPlan& step,
                               const EnvironmentFacts& facts, const WorkerFacts& worker) {
  Variables variables = inherited(base);
  put_bin_folder_first(variables, step.environment.bin_folder);
  add_job_facts(variables, facts);
  variables["AZUREML_CR_NODE_RANK"] = std::to_string(worker.node);
  variables["AZUREML_CR_COMPUTE_CONTEXT"] =
      fmt::format(R"({{"cluster_name": "local", "node_id": "{}"}})", worker.node);
  variables["AZUREML_BI_OUTPUT_PATH"] = worker.output_folder;
  variables["AZ_BATCHAI_GPU_COUNT_FOUND"] = std::to_string(worker.gpus);
  variables["PYTHONFAULTHANDLER"] = "1";
  Environment environment = finish(std::move(variables), step);
  if (worker.gpus_are_shared) {
    std::erase_if(environment, [](const auto& v) { return v.first == "CUDA_VISIBLE_DEVICES"; });
  }
  // After the user's own variables: without it no worker starts, and theirs is kept behind ours.
  for (auto& [name, value] : environment) {
    if (name == "PYTHONPATH") {
      value = value.empty() ? worker.python_folder : worker.python_folder + ":" + value;
      return environment;
    }
  }
  environment.emplace_back("PYTHONPATH", worker.python_folder);
  return environment;
}

}  // namespace batchmill::engine
