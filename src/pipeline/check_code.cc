#include "pipeline/check_code.h"

#include <algorithm>

#include "base/text.h"
#include "pipeline/data_path.h"

namespace batchmill::pipeline {

namespace {

// A mapping of the file as text that reads as the same mapping (flow style, all texts quoted).
std::string flow_text(const yaml::Value& value);

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string flow_text(const yaml::Value& value) {
  if (value.is_scalar()) return value.is_plain() ? value.text() : quoted(value.text());
  std::vector<std::string> parts;
  if (value.is_sequence()) {
    for (const yaml::Value& item : value.items()) parts.push_back(flow_text(item));
    return "[" + join(parts, ", ") + "]";
  }
  for (const yaml::Entry& entry : value.entries()) {
    parts.push_back(quoted(entry.key.text()) + ": " + flow_text(entry.value));
  }
  return "{" + join(parts, ", ") + "}";
}

std::optional<std::string> existing(CheckContext& context, const NamedScalar& at,
                                    const std::string& text, DataType kind) {
  const std::string path = absolute_path(context.folder_of(at.value), text);
  if (context.files.exists(path)) return path;
  return find_data(context, at, kind);  // reports it as missing
}

void report_script(CheckContext& context, const Fields& task, const std::string& script,
                   const std::string& code, const std::string& folder) {
  const yaml::Value value = task.value("entry_script");
  auto builder = diagnose(509, value)
                     .with("script", script)
                     .with("folder", code)
                     .at(task.path("entry_script"))
                     .found(script);
  const std::string names = near_names(context.files, folder, last_name(script));
  if (!names.empty()) builder.with("names", names);
  context.report(builder);
}

// "package.module" as a path; other texts are paths already.
std::string script_path(const std::string& script) {
  if (script.find('/') != std::string::npos || script.ends_with(".py")) return script;
  std::string path = script;
  std::replace(path.begin(), path.end(), '.', '/');
  return path + ".py";
}

std::string conda_file_of(CheckContext& context, const Fields& environment) {
  const yaml::Value conda = environment.value("conda_file");
  if (!conda) return {};
  if (conda.is_mapping()) return flow_text(conda);
  const NamedScalar at{conda, "conda_file", environment.path("conda_file"),
                       environment.owner().step};
  return existing(context, at, conda.text(), DataType::kUriFile).value_or("");
}

void check_image(CheckContext& context, const Fields& environment) {
  const bool has_image = environment.stands("image");
  const bool has_build = environment.stands("build");
  if (has_image != has_build || (!has_image && environment.stands("conda_file"))) return;
  context.report(diagnose(801, environment.owner().place)
                     .with("found", has_image ? "both" : "neither")
                     .at(environment.owner().path));
}

}  // namespace

std::string bare_name(std::string_view reference) {
  std::string_view name = trim(reference);
  constexpr std::string_view kPrefix = "azureml:";
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  if (name.starts_with("/")) name = name.substr(name.rfind('/') + 1);
  return std::string(name);
}

std::optional<std::string> check_code(CheckContext& context, const Fields& fields) {
  const auto code = fields.text("code");
  if (!code) return fields.stands("code") ? std::nullopt : std::optional<std::string>("");
  const NamedScalar at{fields.value("code"), "code", fields.path("code"), fields.owner().step};
  const DataPath path = parse_data_path(code->value);
  if (path.form != PathForm::kLocal || code->value.starts_with("git+")) {
    context.report(diagnose(112, at.value)
                       .with("k", "code that is not local")
                       .with("workaround", "copy it here and write the folder")
                       .at(at.path)
                       .found(code->value));
    return std::nullopt;
  }
  return existing(context, at, path.text, DataType::kUriFolder);
}

std::optional<std::string> check_entry_script(CheckContext& context, const Fields& task,
                                              const std::string& code) {
  const auto script = task.text("entry_script");
  if (!script) return std::nullopt;
  const auto code_status = context.files.status(code);
  const bool is_folder = code_status && code_status->kind == FileKind::kFolder;
  const std::string root = is_folder ? code : parent_folder(code);
  const std::string path = absolute_path(root, script_path(script->value));
  const bool is_inside = is_folder ? path.starts_with(root + "/") : path == code;
  const auto status = context.files.status(path);
  if (is_inside && status && status->kind == FileKind::kFile) return path;
  const std::string folder = parent_folder(path);
  const bool has_folder = is_inside && context.files.exists(folder);
  report_script(context, task, script->value, code, has_folder ? folder : root);
  return std::nullopt;
}

EnvironmentSpec check_environment(CheckContext& context, const Fields& fields) {
  EnvironmentSpec spec;
  const yaml::Value value = fields.value("environment");
  if (!value) return spec;
  spec.place = value.place();
  if (value.is_scalar()) {
    const NamedScalar at{value, "environment", fields.path("environment"), fields.owner().step};
    if (const auto bound = bind_scalar(context, at, false)) {
      spec.reference = yaml::python_text(bound->scalar);
    }
    return spec;
  }
  const Fields environment(
      context, value,
      {MappingKind::kEnvironment, fields.path("environment"), fields.key_place("environment"),
       fields.owner().kind, fields.owner().path, fields.owner().step,
       fields.origin("environment")});
  check_image(context, environment);
  spec.image = environment.text_or("image", "");
  spec.conda_file = conda_file_of(context, environment);
  if (const auto build = environment.child("build")) {
    if (const auto path = build->text("path")) {
      const NamedScalar at{build->value("path"), "path", build->path("path"), fields.owner().step};
      spec.build_folder = existing(context, at, path->value, DataType::kUriFolder).value_or("");
    }
  }
  return spec;
}

}  // namespace batchmill::pipeline
