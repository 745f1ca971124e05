#include "engine/prepare_step.h"

#include "engine/parallel_rules.h"
#include "engine/step_paths.h"

namespace batchmill::engine {

namespace {

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

Result<void> make_working_folder(const StepFacts& facts, const StepFolder& folder) {
  Files& files = facts.files;
  BM_TRY(files.remove_tree(folder.working()));
  if (facts.step.code.empty()) {
    BM_TRY(files.make_folders(folder.working()));
  } else {
    BM_TRY(files.make_folders(folder.root()));
    BM_TRY(files.copy_tree(facts.step.code, folder.working()));
  }
  BM_TRY(files.make_folders(folder.working() + "/outputs"));
  return files.make_folders(folder.working() + "/logs");
}

Result<void> make_output_folders(const StepFacts& facts,
                                 const std::map<std::string, std::string>& outputs) {
  for (const auto& [name, path] : outputs) {
    const bool folder = is_folder_like(facts.step.outputs.at(name).type);
    BM_TRY(facts.files.make_folders(folder ? path : parent_of(path)));
  }
  return {};
}

Result<void> check_input(const StepFacts& facts, const std::string& name,
                         const std::string& source) {
  if (facts.files.exists(source)) return {};
  return fail(ErrorKind::kNotFound, "input '" + name + "': no such file or folder: " + source);
}

Result<void> copy_inputs(const StepFacts& facts, const StepFolder& folder) {
  for (const auto& [name, input] : facts.step.inputs) {
    if (input.is_literal()) continue;
    const std::string source = source_path(input, facts.outputs_of);
    BM_TRY(check_input(facts, name, source));
    if (input.mode != InputMode::kDownload) continue;
    const std::string target = copy_path(name, input, source, folder);
    BM_TRY(facts.files.remove_tree(target));
    BM_TRY(facts.files.make_folders(parent_of(target)));
    BM_TRY(facts.files.copy_tree(source, target));
  }
  return {};
}

}  // namespace

Result<PreparedStep> prepare_step(const StepFacts& facts, bool keep_working) {
  const StepFolder folder = facts.job.step(facts.step.name);
  PreparedStep prepared;
  prepared.working_folder = folder.working();
  BM_ASSIGN(prepared.outputs,
            output_paths(facts.step, facts.job_name, facts.plan, facts.workspace));
  prepared.inputs = input_texts(facts.step, folder, facts.outputs_of);
  BM_TRY(make_output_folders(facts, prepared.outputs));
  if (!keep_working || !facts.files.exists(folder.working())) {
    BM_TRY(make_working_folder(facts, folder));
    BM_TRY(copy_inputs(facts, folder));
  }
  return prepared;
}

EnvironmentFacts environment_facts(const StepFacts& step, const PreparedStep& prepared) {
  EnvironmentFacts facts;
  facts.step_job = step.job_name;
  facts.root_job = step.job.root().substr(step.job.root().find_last_of('/') + 1);
  facts.experiment = step.plan.experiment_name;
  facts.workspace_name = "local";
  for (const auto& [name, text] : prepared.inputs) {
    if (!step.step.inputs.at(name).is_literal()) facts.inputs[name] = text;
  }
  facts.outputs = prepared.outputs;
  facts.node_count = node_count(step.step);
  return facts;
}

}  // namespace batchmill::engine
