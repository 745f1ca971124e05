#include "pipeline/check_inputs.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "pipeline/data_path.h"
#include "pipeline/expressions.h"
#include "pipeline/input_entry.h"
#include "pipeline/step_binding.h"

namespace batchmill::pipeline {

namespace {

bool is_io_name(const std::string& name) {
  bool at_start = true;
  for (const char c : name) {
    const bool is_letter = std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
    const bool is_digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (c == '.' && !at_start) {
      at_start = true;
      continue;
    }
    if (!is_letter && (at_start || !is_digit)) return false;
    at_start = false;
  }
  return !at_start;
}

std::string modes_text(const std::vector<std::string>& modes) { return join(modes, ", "); }

bool has_mode(DataType type, InputMode mode) {
  const auto modes = input_modes(type);
  return std::find(modes.begin(), modes.end(), name_of(mode)) != modes.end();
}

bool check_mode(CheckContext& context, const InputEntry& input, DataType type) {
  if (!input.mode || has_mode(type, *input.mode)) return true;
  report_mode(context, input.mode_value, input.path + ".mode", name_of(type), input_modes(type));
  return false;
}

NamedScalar named(const InputEntry& input, const std::string& step) {
  return {input.scalar, input.name, input.scalar_path, step};
}

// Data at a path that is written out.
std::optional<StepInput> read_data(CheckContext& context, const InputEntry& input,
                                   const std::string& step) {
  StepInput data;
  data.type = input.type.value_or(DataType::kUriFolder);
  data.mode = input.mode.value_or(InputMode::kRoMount);
  data.place = input.scalar.place();
  const bool mode_fits = check_mode(context, input, data.type);
  const NamedScalar at = named(input, step);
  const auto path = find_data(context, at, data.type);
  if (!path || !check_data_kind(context, at, input.name, data.type, *path)) return std::nullopt;
  data.source = PathInput{*path};
  if (!mode_fits) return std::nullopt;
  return data;
}

void declare(CheckContext& context, const InputEntry& input) {
  PipelineInput declared;
  declared.place = input.place;
  declared.path = input.path;
  const bool has_expression = input.scalar.is_scalar() && mentions_expression(input.scalar.text());
  if (input.kind == InputEntry::Kind::kMissing) {
    declared.kind = PipelineInput::Kind::kMissing;
  } else if (has_expression) {
    bind_scalar(context, named(input, ""), false);  // reports that there is nothing to bind to
  } else if (input.kind == InputEntry::Kind::kLiteral) {
    declared.kind = PipelineInput::Kind::kLiteral;
    declared.literal = yaml::resolve(input.scalar);
  } else if (input.kind == InputEntry::Kind::kPath) {
    if (const auto data = read_data(context, input, "")) {
      declared.kind = PipelineInput::Kind::kData;
      declared.data = *data;
      declared.has_mode = input.mode.has_value();
    }
  }
  context.inputs.emplace(input.name, std::move(declared));
}

// Text around expressions: literals of the pipeline only.
std::optional<StepInput> read_literal(CheckContext& context, const InputEntry& input,
                                      const std::string& step) {
  const auto bound = bind_scalar(context, named(input, step), true);
  if (!bound) return std::nullopt;
  StepInput literal;
  literal.source = LiteralInput{yaml::python_text(bound->scalar)};
  return literal;
}

// What a bound input restates about the data that it is bound to.
bool restate(CheckContext& context, const InputEntry& input, const std::string& step,
             StepInput& bound) {
  if (bound.is_literal()) return true;
  if (input.type && *input.type != bound.type) {
    bound.type = *input.type;
    const auto* data = std::get_if<PathInput>(&bound.source);
    const NamedScalar at{input.type_value, input.name, input.path + ".type", step};
    if (data != nullptr && !check_data_kind(context, at, input.name, bound.type, data->path)) {
      return false;
    }
  }
  if (input.mode) bound.mode = *input.mode;
  return check_mode(context, input, bound.type);
}

}  // namespace

std::optional<StepInput> read_step_input(CheckContext& context, const StepOutline& step,
                                         const InputEntry& input) {
  if (input.kind == InputEntry::Kind::kBroken) return std::nullopt;
  if (input.kind == InputEntry::Kind::kMissing) {
    context.report(
        diagnose(401, input.place).with("x", input.name).with("s", step.name).at(input.path));
    return std::nullopt;
  }
  const NamedScalar at = named(input, step.name);
  const Template parsed = parse_template(input.scalar.text());
  if (parsed.unclosed) {
    report_unclosed(context, at);
    return std::nullopt;
  }
  const Expression* whole = parsed.whole();
  if (whole != nullptr && context.has_parent) {
    auto bound = bind_step_input(context, step, input, *whole);
    if (bound && !restate(context, input, step.name, *bound)) return std::nullopt;
    return bound;
  }
  if (input.kind == InputEntry::Kind::kPath && !parsed.has_expressions()) {
    return read_data(context, input, step.name);
  }
  if (input.kind == InputEntry::Kind::kPath) {
    report_form(context, parsed.expressions().front(), at,
                {"${{parent.inputs.x}}", "${{parent.jobs.step.outputs.y}}"});
    return std::nullopt;
  }
  return read_literal(context, input, step.name);
}

std::vector<std::string> input_modes(DataType type) {
  if (type == DataType::kMltable) {
    return {"ro_mount", "download", "direct", "eval_mount", "eval_download"};
  }
  return {"ro_mount", "download", "direct"};
}

std::vector<std::string> output_modes(DataType) { return {"rw_mount", "upload", "direct"}; }

void report_mode(CheckContext& context, const yaml::Value& mode, const std::string& path,
                 const std::string& type, std::vector<std::string> modes) {
  context.report(diagnose(404, mode)
                     .with("m", mode.text())
                     .with("type", type)
                     .with("modes", modes_text(modes))
                     .at(path)
                     .found(mode.text())
                     .allowed(std::move(modes)));
}

void check_io_name(CheckContext& context, const yaml::Entry& entry, const std::string& path,
                   std::string_view what) {
  const std::string& name = entry.key.text();
  if (is_io_name(name)) return;
  context.report(diagnose(115, entry.key)
                     .with("name", name)
                     .with("what", std::string(what))
                     .at(yaml::join_path(path, name))
                     .found(name));
}

void check_pipeline_inputs(CheckContext& context, const yaml::Value& mapping) {
  for (const yaml::Entry& entry : mapping.entries()) {
    check_io_name(context, entry, "inputs", "an input");
    declare(context, read_input_entry(context, entry, "inputs", ""));
  }
}

std::map<std::string, StepInput> check_step_inputs(CheckContext& context, const StepOutline& step,
                                                   const yaml::Value& mapping) {
  std::map<std::string, StepInput> inputs;
  const std::string section = yaml::join_path(step.path, "inputs");
  for (const yaml::Entry& entry : mapping.entries()) {
    check_io_name(context, entry, section, "an input");
    const InputEntry input = read_input_entry(context, entry, section, step.name);
    if (auto read = read_step_input(context, step, input)) {
      read->place = input.scalar.place();
      inputs.emplace(input.name, std::move(*read));
    }
  }
  return inputs;
}

}  // namespace batchmill::pipeline
