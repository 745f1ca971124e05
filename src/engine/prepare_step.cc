#include "engine/prepare_step.h"

#include "engine/step_paths.h"

namespace batchmill::engine {

namespace {

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

Result<void> make_working_folder(const StepContext& context, const StepFolder& folder) {
  Files& files = context.files;
  BM_TRY(files.remove_tree(folder.working()));
  if (context.step.code.empty()) {
    BM_TRY(files.make_folders(folder.working()));
  } else {
    BM_TRY(files.make_folders(folder.root()));
    BM_TRY(files.copy_tree(context.step.code, folder.working()));
  }
  BM_TRY(files.make_folders(folder.working() + "/outputs"));
  return files.make_folders(folder.working() + "/logs");
}

Result<void> make_output_folders(const StepContext& context,
                                 const std::map<std::string, std::string>& outputs) {
  for (const auto& [name, path] : outputs) {
    const bool folder = is_folder_like(context.step.outputs.at(name).type);
    BM_TRY(context.files.make_folders(folder ? path : parent_of(path)));
  }
  return {};
}

Result<void> check_input(const StepContext& context, const std::string& name,
                         const std::string& source) {
  if (context.files.exists(source)) return {};
  return fail(ErrorKind::kNotFound, "input '" + name + "': no such file or folder: " + source);
}

Result<void> copy_inputs(const StepContext& context, const StepFolder& folder) {
  for (const auto& [name, input] : context.step.inputs) {
    if (input.is_literal()) continue;
    const std::string source = source_path(input, context.outputs_of);
    BM_TRY(check_input(context, name, source));
    if (input.mode != InputMode::kDownload) continue;
    const std::string target = copy_path(name, input, source, folder);
    BM_TRY(context.files.remove_tree(target));
    BM_TRY(context.files.make_folders(parent_of(target)));
    BM_TRY(context.files.copy_tree(source, target));
  }
  return {};
}

}  // namespace

Result<PreparedStep> prepare_step(const StepContext& context, bool keep_working) {
  const StepFolder folder = context.job.step(context.step.name);
  PreparedStep prepared;
  prepared.working_folder = folder.working();
  BM_ASSIGN(prepared.outputs,
            output_paths(context.step, context.job_name, context.plan, context.workspace));
  prepared.inputs = input_texts(context.step, folder, context.outputs_of);
  BM_TRY(make_output_folders(context, prepared.outputs));
  if (!keep_working || !context.files.exists(folder.working())) {
    BM_TRY(make_working_folder(context, folder));
    BM_TRY(copy_inputs(context, folder));
  }
  return prepared;
}

EnvironmentFacts environment_facts(const StepContext& context, const PreparedStep& prepared) {
  EnvironmentFacts facts;
  facts.step_job = context.job_name;
  facts.root_job = context.job.root().substr(context.job.root().find_last_of('/') + 1);
  facts.experiment = context.plan.experiment_name;
  facts.workspace_name = "local";
  for (const auto& [name, text] : prepared.inputs) {
    if (!context.step.inputs.at(name).is_literal()) facts.inputs[name] = text;
  }
  facts.outputs = prepared.outputs;
  return facts;
}

}  // namespace batchmill::engine
