#include "pipeline/data_path.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/text.h"

namespace batchmill::pipeline {

namespace {

constexpr std::array kRemoteSchemes = {
    "https:", "http:", "wasbs:", "wasb:", "abfss:", "abfs:", "adl:", "runs:", "s3:", "gs:"};
constexpr std::array kPathForms = {"./path", "azureml://datastores/<datastore>/paths/<path>"};

std::vector<std::string> path_forms() { return {kPathForms.begin(), kPathForms.end()}; }

// Long forms begin with the place of the workspace; what follows "datastores/" decides.
DataPath parse_azureml_uri(std::string_view uri) {
  constexpr std::string_view kDatastores = "/datastores/";
  constexpr std::string_view kPaths = "/paths/";
  DataPath path{PathForm::kUnknown, std::string(uri), {}, {}};
  const std::string_view rest = uri.substr(std::string_view("azureml:/").size());  // "/jobs/..."
  if (rest.starts_with("/jobs/")) path.form = PathForm::kJobOutput;
  if (rest.starts_with("/registries/")) path.form = PathForm::kAsset;
  const bool is_long = rest.starts_with("/subscriptions/");
  const auto datastores = rest.find(kDatastores);
  if (datastores == std::string_view::npos || (datastores != 0 && !is_long)) return path;
  const std::string_view name_and_path = rest.substr(datastores + kDatastores.size());
  const auto paths = name_and_path.find(kPaths);
  if (paths == std::string_view::npos || paths == 0) return path;
  path.form = PathForm::kDatastore;
  path.datastore = name_and_path.substr(0, paths);
  path.below = name_and_path.substr(paths + kPaths.size());
  return path;
}

bool has_scheme(std::string_view text) {
  const auto colon = text.find("://");
  return colon != std::string_view::npos && colon > 0 && text.find_first_of("/ ") > colon;
}

std::string local_text(std::string_view text) {
  if (text.starts_with("file:///")) return std::string(text.substr(7));
  if (text.starts_with("file:")) return std::string(text.substr(5));
  return std::string(text);
}

std::string first_names(std::vector<std::string> names) {
  constexpr std::size_t kShown = 5;
  std::sort(names.begin(), names.end());
  const bool has_more = names.size() > kShown;
  if (has_more) names.resize(kShown);
  return join(names, ", ") + (has_more ? ", ..." : "");
}

std::optional<std::string> find_local(CheckContext& context, const NamedScalar& at,
                                      const std::string& text, DataType type) {
  const std::string path = absolute_path(context.folder_of(at.value), text);
  if (context.files.exists(path)) return path;
  if (text.find_first_of("*?") != std::string::npos) {
    context.report(diagnose(405, at.value)
                       .with("type", name_of(type))
                       .with("glob", text)
                       .at(at.path)
                       .found(text));
    return std::nullopt;
  }
  auto builder = diagnose(402, at.value)
                     .with("kind", is_folder_like(type) ? "folder" : "file")
                     .with("path", path)
                     .at(at.path)
                     .found(text)
                     .value(at.value);
  const std::string parent = parent_folder(path);
  const std::string names = near_names(context.files, parent, last_name(path));
  if (!names.empty()) builder.with("parent", parent).with("names", names);
  context.report(builder);
  return std::nullopt;
}

void report_later_path(CheckContext& context, const NamedScalar& at, const std::string& what) {
  context.report(diagnose(112, at.value)
                     .with("k", what)
                     .with("workaround", "copy the data here and write its local path")
                     .at(at.path)
                     .found(at.value.text()));
}

void check_table(CheckContext& context, const NamedScalar& at, const std::string& folder) {
  if (context.tables.contains(folder)) return;
  MltableFinding& finding = context.tables[folder];
  if (context.files.exists(folder + "/MLTable")) {
    if (!context.request.check_mltable) return;
    finding = context.request.check_mltable(folder, at.value.place());
    for (const Diagnostic& diagnostic : finding.diagnostics) {
      context.diagnostics.push_back(diagnostic);
    }
    return;
  }
  auto builder = diagnose(601, at.value).with("folder", folder).at(at.path).found(at.value.text());
  std::vector<std::string> names;
  if (const auto entries = context.files.list(folder)) {
    for (const FolderEntry& entry : *entries) names.push_back(entry.name);
  }
  const auto near = nearest("MLTable", names);
  if (!near.empty()) builder.with("name", near.front());
  context.report(builder);
}

}  // namespace

DataPath parse_data_path(std::string_view text) {
  std::string_view rest = trim(text);
  if (rest.starts_with("azureml:")) {
    const std::string_view inner = rest.substr(std::string_view("azureml:").size());
    if (has_scheme(inner)) rest = inner;
  }
  if (rest.starts_with("azureml://")) return parse_azureml_uri(rest);
  DataPath path{PathForm::kLocal, local_text(rest), {}, {}};
  if (rest.starts_with("azureml:")) {
    path.form = PathForm::kAsset;
  } else if (std::any_of(kRemoteSchemes.begin(), kRemoteSchemes.end(),
                         [&](const char* scheme) { return rest.starts_with(scheme); })) {
    path.form = PathForm::kRemote;
  } else if (!rest.starts_with("file:") && has_scheme(rest)) {
    path.form = PathForm::kUnknown;
  } else if (path.text.empty()) {
    path.form = PathForm::kUnknown;
  }
  return path;
}

std::string absolute_path(const std::string& base_dir, const std::string& path) {
  const auto joined = (std::filesystem::path(base_dir) / path).lexically_normal();
  std::string text = joined.string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

std::string parent_folder(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

std::string last_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

std::string near_names(const Files& files, const std::string& folder, const std::string& name) {
  const auto entries = files.list(folder);
  if (!entries) return {};
  std::vector<std::string> names;
  for (const FolderEntry& entry : *entries) {
    names.push_back(entry.kind == FileKind::kFolder ? entry.name + "/" : entry.name);
  }
  std::sort(names.begin(), names.end());
  const auto near = nearest(name, names);
  return near.empty() ? first_names(std::move(names)) : join(near, ", ");
}

bool check_remote_path(CheckContext& context, const NamedScalar& at, const DataPath& path) {
  switch (path.form) {
    case PathForm::kDatastore:
      if (!context.request.datastore_folder) return true;
      if (context.request.datastore_folder(path.datastore)) return true;
      context.report(diagnose(411, context.place_within(at.value, path.datastore))
                         .with("d", path.datastore)
                         .at(at.path)
                         .found(path.datastore)
                         .allowed(context.request.datastores)
                         .near(context.request.datastores));
      return false;
    case PathForm::kAsset:
      report_later_path(context, at, "a registered asset as path");
      return false;
    case PathForm::kJobOutput:
      report_later_path(context, at, "an output of another job as path");
      return false;
    case PathForm::kRemote:
      report_later_path(context, at, path.text.substr(0, path.text.find(':')) + ": as path");
      return false;
    default:
      break;
  }
  context.report(diagnose(410, at.value)
                     .with("uri", at.value.text())
                     .with("forms", join(path_forms(), ", "))
                     .at(at.path)
                     .found(at.value.text())
                     .allowed(path_forms()));
  return false;
}

std::optional<std::string> find_data(CheckContext& context, const NamedScalar& at, DataType type) {
  const DataPath path = parse_data_path(at.value.text());
  if (path.form == PathForm::kLocal) return find_local(context, at, path.text, type);
  if (!check_remote_path(context, at, path)) return std::nullopt;
  if (!context.request.datastore_folder) return path.text;
  const std::string folder = *context.request.datastore_folder(path.datastore);
  return find_local(context, at, folder + "/" + path.below, type);
}

bool check_data_kind(CheckContext& context, const NamedScalar& at, const std::string& input,
                     DataType type, const std::string& path) {
  const auto status = context.files.status(path);
  if (!status) return true;  // on a datastore whose folder is not known
  const bool is_folder = status->kind == FileKind::kFolder;
  if (is_folder != is_folder_like(type) && type != DataType::kCustomModel) {
    const std::string other = is_folder ? "uri_folder" : "uri_file";
    context.report(diagnose(403, at.value)
                       .with("x", input)
                       .with("type", name_of(type))
                       .with("path", path)
                       .with("kind", is_folder ? "folder" : "file")
                       .with("other", other)
                       .at(at.path)
                       .found(at.value.text())
                       .suggest({"type: " + other}));
    return false;
  }
  if (type == DataType::kMltable) check_table(context, at, path);
  return true;
}

}  // namespace batchmill::pipeline
