#include "engine/step_paths.h"

#include <string_view>

#include <fmt/format.h>

namespace batchmill::engine {

namespace {

constexpr std::string_view kDatastorePrefix = "azureml://datastores/";
constexpr std::string_view kPathsPart = "/paths/";

void replace_expression(std::string& text, std::string_view name, std::string_view value) {
  for (std::size_t open = text.find("${{"); open != std::string::npos;
       open = text.find("${{", open)) {
    const std::size_t close = text.find("}}", open);
    if (close == std::string::npos) return;
    std::string_view token = std::string_view(text).substr(open + 3, close - open - 3);
    while (!token.empty() && token.front() == ' ') token.remove_prefix(1);
    while (!token.empty() && token.back() == ' ') token.remove_suffix(1);
    if (token == name) {
      text.replace(open, close + 2 - open, value);
      open += value.size();
    } else {
      open = close;
    }
  }
}

// "azureml://datastores/D/paths/P" -> folder of D + P.
Result<std::string> resolve_uri(std::string_view uri, const WorkspaceFolder& workspace) {
  uri.remove_prefix(kDatastorePrefix.size());
  const std::size_t paths = uri.find(kPathsPart);
  if (paths == std::string_view::npos) {
    return fail(ErrorKind::kInvalid,
                fmt::format("{}{}: expected azureml://datastores/<name>/paths/<path>",
                            kDatastorePrefix, uri));
  }
  return fmt::format("{}/{}", workspace.datastore(std::string(uri.substr(0, paths))),
                     uri.substr(paths + kPathsPart.size()));
}

std::string without_trailing_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::string default_datastore(const PipelinePlan& plan) {
  return plan.default_datastore.empty() ? "workspaceblobstore" : plan.default_datastore;
}

Result<std::string> output_path(const std::string& name, const StepOutput& output,
                                const std::string& step_job, const PipelinePlan& plan,
                                const WorkspaceFolder& workspace) {
  if (output.path.empty()) {
    std::string folder = fmt::format("{}/azureml/{}/{}",
                                     workspace.datastore(default_datastore(plan)), step_job, name);
    return is_folder_like(output.type) ? folder : folder + "/" + name;
  }
  std::string path = output.path;
  replace_expression(path, "default_datastore", default_datastore(plan));
  replace_expression(path, "name", step_job);
  replace_expression(path, "output_name",
                     output.pipeline_output.empty() ? name : output.pipeline_output);
  if (path.starts_with(kDatastorePrefix)) {
    BM_ASSIGN(path, resolve_uri(path, workspace));
  }
  return without_trailing_slash(std::move(path));
}

}  // namespace

Result<std::map<std::string, std::string>> output_paths(const StepPlan& step,
                                                        const std::string& step_job,
                                                        const PipelinePlan& plan,
                                                        const WorkspaceFolder& workspace) {
  std::map<std::string, std::string> paths;
  for (const auto& [name, output] : step.outputs) {
    BM_ASSIGN(paths[name], output_path(name, output, step_job, plan, workspace));
  }
  return paths;
}

std::string source_path(
    const StepInput& input,
    const std::map<std::string, std::map<std::string, std::string>>& outputs_of) {
  if (const auto* path = std::get_if<PathInput>(&input.source)) {
    return without_trailing_slash(path->path);
  }
  if (const auto* edge = std::get_if<StepOutputInput>(&input.source)) {
    const auto step = outputs_of.find(edge->step);
    if (step == outputs_of.end()) return "";
    const auto output = step->second.find(edge->output);
    return output == step->second.end() ? "" : output->second;
  }
  return "";
}

std::string copy_path(const std::string& name, const StepInput& input, const std::string& source,
                      const StepFolder& folder) {
  const std::string place = folder.inputs() + "/INPUT_" + name;
  if (is_folder_like(input.type)) return place;
  return place + "/" + source.substr(source.find_last_of('/') + 1);
}

std::map<std::string, std::string> input_texts(
    const StepPlan& step, const StepFolder& folder,
    const std::map<std::string, std::map<std::string, std::string>>& outputs_of) {
  std::map<std::string, std::string> texts;
  for (const auto& [name, input] : step.inputs) {
    if (const auto* literal = std::get_if<LiteralInput>(&input.source)) {
      texts[name] = literal->text;
      continue;
    }
    const std::string source = source_path(input, outputs_of);
    texts[name] =
        input.mode == InputMode::kDownload ? copy_path(name, input, source, folder) : source;
  }
  return texts;
}

}  // namespace batchmill::engine
