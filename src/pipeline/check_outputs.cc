#include "pipeline/check_outputs.h"

#include <algorithm>

#include "pipeline/check_expressions.h"
#include "pipeline/check_inputs.h"
#include "pipeline/component_inputs.h"
#include "pipeline/data_path.h"
#include "pipeline/expressions.h"
#include "pipeline/fields.h"

namespace batchmill::pipeline {

namespace {

constexpr const char* kOutputBinding = "${{parent.outputs.z}}";

// One entry under an `outputs`.
struct OutputEntry {
  std::string name;
  std::string path;         // YAML path of the entry
  SourcePlace place;        // of its key
  yaml::Value scalar;       // a bare binding, or the value of `path`
  std::string scalar_path;  // its YAML path
  std::optional<DataType> type;
  std::optional<OutputMode> mode;
  bool broken = false;
};

void read_mapping(CheckContext& context, OutputEntry& output, const yaml::Value& mapping,
                  const std::string& step) {
  const Fields fields(context, mapping,
                      {MappingKind::kOutput, output.path, output.place, std::nullopt, {}, step});
  for (const char* key : {"type", "mode", "path"}) {
    output.broken = output.broken || (fields.stands(key) && !fields.value(key));
  }
  if (const auto type = fields.text("type")) output.type = data_type_from(type->value);
  if (const auto mode = fields.text("mode")) {
    output.mode = output_mode_from(mode->value);
    if (!output.mode) {
      const DataType type = output.type.value_or(DataType::kUriFolder);
      report_mode(context, fields.value("mode"), fields.path("mode"),
                  std::string(name_of(type)) + " outputs", output_modes(type));
      output.broken = true;
    }
  }
  output.scalar = fields.value("path");
  output.scalar_path = fields.path("path");
}

OutputEntry read_entry(CheckContext& context, const yaml::Entry& entry, const std::string& section,
                       const std::string& step) {
  OutputEntry output;
  output.name = entry.key.text();
  output.path = yaml::join_path(section, output.name);
  output.place = entry.key.place();
  if (entry.value.is_mapping()) {
    read_mapping(context, output, entry.value, step);
  } else if (entry.value.is_sequence()) {
    context.report(diagnose(108, entry.value)
                       .with("k", output.name)
                       .with("type", "a mapping")
                       .with("actual", "a list")
                       .at(output.path));
    output.broken = true;
  } else if (!yaml::is_null(entry.value)) {
    output.scalar = entry.value;
    output.scalar_path = output.path;
  }
  return output;
}

bool is_place_template(ExpressionForm form) {
  return form == ExpressionForm::kJobName || form == ExpressionForm::kOutputName ||
         form == ExpressionForm::kDefaultDatastore;
}

// A path may hold the names that are known only when the step runs.
bool check_path_expressions(CheckContext& context, const NamedScalar& at) {
  const Template parsed = parse_template(at.value.text());
  if (parsed.unclosed) {
    report_unclosed(context, at);
    return false;
  }
  const bool is_local = parse_data_path(at.value.text()).form == PathForm::kLocal;
  bool is_right = true;
  for (const Expression& expression : parsed.expressions()) {
    const bool is_lost = is_local && expression.form == ExpressionForm::kDefaultDatastore;
    if (is_lost) {
      report_form(context, expression, at,
                  {"azureml://datastores/${{default_datastore}}/paths/..."});
      is_right = false;
    }
    if (is_lost || is_place_template(expression.form)) continue;
    report_form(context, expression, at,
                {"${{default_datastore}}", "${{name}}", "${{output_name}}"});
    is_right = false;
  }
  return is_right;
}

// Whether what is there already can be replaced, and whether something can be written there.
bool check_target(CheckContext& context, const NamedScalar& at, const std::string& path,
                  DataType type) {
  const std::string fixed = path.substr(0, path.find("${{"));
  const bool is_template = fixed.size() != path.size();
  const auto status = context.files.status(path);
  if (!is_template && status && !check_data_kind(context, at, at.key, type, path)) return false;
  const std::string folder = is_folder_like(type) && !is_template ? path : parent_folder(fixed);
  const auto writable = context.files.check_writable(folder);
  if (writable) return true;
  context.report(diagnose(409, at.value)
                     .with("path", path)
                     .with("reason", writable.error().message)
                     .at(at.path)
                     .found(at.value.text()));
  return false;
}

// The place that is written out; nothing after a report.
std::optional<std::string> read_target(CheckContext& context, const OutputEntry& output,
                                       const std::string& step, DataType type) {
  const NamedScalar at{output.scalar, output.name, output.scalar_path, step};
  if (!check_path_expressions(context, at)) return std::nullopt;
  const DataPath path = parse_data_path(output.scalar.text());
  if (path.form == PathForm::kLocal) {
    const std::string absolute = absolute_path(context.folder_of(output.scalar), path.text);
    if (!check_target(context, at, absolute, type)) return std::nullopt;
    return absolute;
  }
  const bool is_known_later =
      path.form == PathForm::kDatastore && mentions_expression(path.datastore);
  if (!is_known_later && !check_remote_path(context, at, path)) return std::nullopt;
  return path.text;
}

// Outputs of a component that a step says nothing about: they go to their default places.
std::map<std::string, StepOutput> declared_outputs(const Component& component,
                                                   const yaml::Value& mapping) {
  std::map<std::string, StepOutput> outputs;
  for (const DeclaredOutput& declared : component.outputs) {
    if (mapping.find_entry(declared.name)) continue;
    StepOutput output;
    output.type = declared.type;
    output.mode = declared.mode.value_or(OutputMode::kRwMount);
    output.place = component.place;
    outputs.emplace(declared.name, std::move(output));
  }
  return outputs;
}

// Reads what an entry says by itself.
bool read_own(CheckContext& context, const OutputEntry& entry, const std::string& step,
              StepOutput& output) {
  output.type = entry.type.value_or(DataType::kUriFolder);
  output.mode = entry.mode.value_or(OutputMode::kRwMount);
  output.place = entry.scalar ? entry.scalar.place() : entry.place;
  if (entry.broken) return false;
  if (!entry.scalar) return true;
  const auto path = read_target(context, entry, step, output.type);
  if (path) output.path = *path;
  return path.has_value();
}

PipelineOutput* find_target(CheckContext& context, const Expression& expression,
                            const NamedScalar& at) {
  const auto found = context.outputs.find(expression.name);
  if (found != context.outputs.end()) return &found->second;
  const auto names = names_of(context.outputs);
  context.report(diagnose(302, place_of(context, at.value, expression))
                     .with("z", expression.name)
                     .at(at.path)
                     .found(expression.name)
                     .allowed(names)
                     .near(names));
  return nullptr;
}

bool claim(CheckContext& context, PipelineOutput& target, const std::string& name,
           const NamedScalar& at) {
  if (target.writer.empty()) {
    target.writer = at.step;
    target.writer_place = at.value.place();
    return true;
  }
  context.report(diagnose(303, at.value)
                     .with("a", target.writer)
                     .with("b", at.step)
                     .with("z", name)
                     .at(at.path)
                     .found(at.value.text())
                     .note(target.writer_place, "the other one"));
  return false;
}

// Whether the output of the pipeline and what the component declares are both files or both not.
bool check_declared(CheckContext& context, const StepOutline& step, const OutputEntry& entry,
                    const PipelineOutput& target, const NamedScalar& at) {
  const DeclaredOutput* declared =
      step.component ? find_output(*step.component, entry.name) : nullptr;
  if (declared == nullptr || !target.has_type) return true;
  const DataType type = target.output.type;
  if (is_folder_like(declared->type) == is_folder_like(type)) return true;
  context.report(diagnose(403, at.value)
                     .with("x", entry.name)
                     .with("type", name_of(type))
                     .with("path", "output '" + entry.name + "' of " + step.component->shown)
                     .with("kind", is_folder_like(declared->type) ? "folder" : "file")
                     .with("other", name_of(declared->type))
                     .at(at.path)
                     .found(at.value.text())
                     .suggest({std::string("type: ") + name_of(declared->type)}));
  return false;
}

std::optional<StepOutput> bind_output(CheckContext& context, const StepOutline& step,
                                      const OutputEntry& entry, const NamedScalar& at,
                                      const Expression& expression) {
  PipelineOutput* target = find_target(context, expression, at);
  if (target == nullptr || !claim(context, *target, expression.name, at)) return std::nullopt;
  if (target->broken || entry.broken) return std::nullopt;
  if (!check_declared(context, step, entry, *target, at)) return std::nullopt;
  StepOutput output = target->output;
  if (!target->has_type && entry.type) output.type = *entry.type;
  if (!target->has_mode && entry.mode) output.mode = *entry.mode;
  output.pipeline_output = expression.name;
  output.place = entry.scalar.place();
  // What the job shows of the output is what its writer makes of it.
  target->output.type = output.type;
  target->output.mode = output.mode;
  return output;
}

std::optional<StepOutput> read_step_output(CheckContext& context, const StepOutline& step,
                                           const OutputEntry& entry) {
  const bool is_bare = entry.scalar && entry.scalar_path == entry.path;
  if (entry.scalar && context.has_parent) {
    const NamedScalar at{entry.scalar, entry.name, entry.scalar_path, step.name};
    const Template parsed = parse_template(entry.scalar.text());
    const Expression* whole = parsed.whole();
    if (whole != nullptr && whole->form == ExpressionForm::kParentOutput) {
      return bind_output(context, step, entry, at, *whole);
    }
    if (is_bare && whole != nullptr) {
      report_form(context, *whole, at, {kOutputBinding});
      return std::nullopt;
    }
  }
  if (is_bare) {
    context.report(diagnose(108, entry.scalar)
                       .with("k", entry.name)
                       .with("type", context.has_parent
                                         ? "a mapping or one " + std::string(kOutputBinding)
                                         : "a mapping")
                       .with("actual", "a string")
                       .with("example", "{path: ./" + entry.name + "}")
                       .at(entry.path)
                       .found(entry.scalar.text()));
    return std::nullopt;
  }
  StepOutput output;
  if (!read_own(context, entry, step.name, output)) return std::nullopt;
  return output;
}

}  // namespace

void check_pipeline_outputs(CheckContext& context, const yaml::Value& mapping) {
  for (const yaml::Entry& yaml_entry : mapping.entries()) {
    check_io_name(context, yaml_entry, "outputs", "an output");
    const OutputEntry entry = read_entry(context, yaml_entry, "outputs", "");
    PipelineOutput declared;
    declared.has_type = entry.type.has_value();
    declared.has_mode = entry.mode.has_value();
    const bool is_bare = entry.scalar && entry.scalar_path == entry.path;
    if (is_bare) {
      const NamedScalar at{entry.scalar, entry.name, entry.path, ""};
      const Template parsed = parse_template(entry.scalar.text());
      if (parsed.has_expressions()) {
        report_form(context, parsed.expressions().front(), at, {"a mapping with 'path'"});
      } else {
        context.report(diagnose(108, entry.scalar)
                           .with("k", entry.name)
                           .with("type", "a mapping")
                           .with("actual", "a string")
                           .with("example", "{path: " + entry.scalar.text() + "}")
                           .at(entry.path)
                           .found(entry.scalar.text()));
      }
      declared.broken = true;
    } else {
      declared.broken = !read_own(context, entry, "", declared.output);
    }
    context.outputs.emplace(entry.name, std::move(declared));
  }
}

std::map<std::string, StepOutput> check_step_outputs(CheckContext& context, const StepOutline& step,
                                                     const yaml::Value& mapping) {
  std::map<std::string, StepOutput> outputs;
  const std::string section = yaml::join_path(step.path, "outputs");
  if (step.component) {
    report_undeclared(context, step, mapping, "outputs", own_names(step, Direction::kOutput));
    outputs = declared_outputs(*step.component, mapping);
  }
  for (const yaml::Entry& entry : mapping.entries()) {
    const DeclaredOutput* declared =
        step.component ? find_output(*step.component, entry.key.text()) : nullptr;
    if (step.component && declared == nullptr) continue;
    check_io_name(context, entry, section, "an output");
    OutputEntry output = read_entry(context, entry, section, step.name);
    if (declared != nullptr) {
      if (!output.type) output.type = declared->type;
      if (!output.mode) output.mode = declared->mode;
    }
    if (auto read = read_step_output(context, step, output)) {
      outputs.emplace(output.name, std::move(*read));
    }
  }
  return outputs;
}

}  // namespace batchmill::pipeline
