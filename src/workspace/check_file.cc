#include "workspace/check_file.h"

#include "base/yaml/document.h"
#include "pipeline/check.h"
#include "pipeline/diagnostic_text.h"
#include "workspace/resolve_environments.h"
#include "workspace/workspace_config.h"

namespace batchmill::workspace {

namespace {

std::vector<std::string> datastore_names(const WorkspaceFolder& workspace, const Files& files) {
  std::vector<std::string> names;
  if (const auto entries = files.list(workspace.root() + "/datastores")) {
    for (const FolderEntry& entry : *entries) names.push_back(entry.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Where the file names the script; the step's own place if --set did.
SourcePlace place_of_entry(const FoundScript& found,
                           const std::map<std::string, std::string>& sources) {
  const auto source = sources.find(found.step.place.file);
  if (source == sources.end()) return found.step.place;
  const yaml::Document document = yaml::parse(source->first, source->second);
  yaml::Value value = document.root();
  for (const std::string& key :
       {std::string("jobs"), found.step.name, std::string("task"), std::string("entry_script")}) {
    value = value.is_mapping() ? value.find(key) : yaml::Value();
  }
  const bool is_meant = value.is_scalar() && found.path.ends_with(value.text());
  return is_meant ? value.place() : found.step.place;
}

void append(std::vector<Diagnostic>& to, std::vector<Diagnostic> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

Result<CheckedFile> check_file(const CheckFileRequest& request, const WorkspaceFolder& workspace,
                               Parts& parts) {
  BM_ASSIGN(const WorkspaceConfig config,
            read_workspace_config(workspace, parts.variable("HOME"), parts.files));
  std::vector<FoundScript> scripts;
  pipeline::CheckRequest check;
  check.file = request.file;
  check.sets = request.sets;
  check.name = request.name;
  check.cores = parts.cores;
  check.datastores = datastore_names(workspace, parts.files);
  check.datastore_folder = [&](const std::string& name) -> std::optional<std::string> {
    const std::string folder = workspace.datastore(name);
    return parts.files.exists(folder) ? std::optional(folder) : std::nullopt;
  };
  check.check_mltable = parts.check_mltable;
  // Only gathered here: one interpreter then reads all of them.
  check.check_script = [&](const std::string& script, const StepPlan& step) {
    scripts.push_back({script, step, step.place});
    return std::vector<Diagnostic>{};
  };
  pipeline::CheckResult checked = pipeline::check_pipeline(check, parts.files);

  CheckedFile result;
  result.plan = std::move(checked.plan);
  result.diagnostics = std::move(checked.diagnostics);
  result.sources = std::move(checked.sources);
  result.files = std::move(checked.files);
  for (FoundScript& found : scripts) found.place = place_of_entry(found, result.sources);
  if (request.check_scripts) append(result.diagnostics, check_scripts(scripts, config, parts));
  if (result.plan) {
    append(result.diagnostics, check_computes(*result.plan, config, request.strict));
    append(result.diagnostics, resolve_environments(*result.plan, config, request.strict, parts));
  }
  result.diagnostics = pipeline::arrange(std::move(result.diagnostics), result.files);
  if (request.strict) pipeline::make_strict(result.diagnostics);
  if (pipeline::has_errors(result.diagnostics)) result.plan.reset();
  return result;
}

}  // namespace batchmill::workspace
