#include "workspace/step_object.h"

#include <nlohmann/json.hpp>

namespace batchmill::workspace {

using nlohmann::json;

namespace {

json input_object(const StepInput& input) {
  if (const auto* literal = std::get_if<LiteralInput>(&input.source)) return literal->text;
  if (const auto* bound = std::get_if<StepOutputInput>(&input.source)) {
    return "${{parent.jobs." + bound->step + ".outputs." + bound->output + "}}";
  }
  return {{"mode", name_of(input.mode)},
          {"path", std::get<PathInput>(input.source).path},
          {"type", name_of(input.type)}};
}

json environment_object(const EnvironmentSpec& spec) {
  if (!spec.reference.empty()) return spec.reference;
  json object = json::object();
  if (!spec.image.empty()) object["image"] = spec.image;
  if (!spec.conda_file.empty()) object["conda_file"] = spec.conda_file;
  return object;
}

std::string level_name(LoggingLevel level) {
  switch (level) {
    case LoggingLevel::kDebug:
      return "DEBUG";
    case LoggingLevel::kInfo:
      return "INFO";
    case LoggingLevel::kWarning:
      return "WARNING";
  }
  return "INFO";
}

void add_command(const CommandSpec& spec, json& object) {
  object["type"] = "command";
  object["command"] = spec.command;
  if (spec.timeout_seconds.value > 0) object["limits"] = {{"timeout", spec.timeout_seconds.value}};
}

void add_parallel(const StepPlan& step, const ParallelSpec& spec, json& object) {
  object["type"] = "parallel";
  object["input_data"] = "${{inputs." + spec.input_data + "}}";
  if (spec.mini_batch_size) object["mini_batch_size"] = spec.mini_batch_size->value.text;
  object["error_threshold"] = spec.error_threshold.value;
  object["mini_batch_error_threshold"] = spec.mini_batch_error_threshold.value;
  object["logging_level"] = level_name(spec.logging_level.value);
  if (spec.max_concurrency_per_instance.is_explicit()) {
    object["max_concurrency_per_instance"] = spec.max_concurrency_per_instance.value;
  }
  object["retry_settings"] = {{"max_retries", spec.max_retries.value},
                              {"timeout", spec.timeout_seconds.value}};
  object["resources"] = {{"instance_count", spec.instance_count.value}};
  json task = {{"type", "run_function"}, {"code", step.code}, {"entry_script", spec.entry_script}};
  if (!spec.program_arguments.empty()) task["program_arguments"] = spec.program_arguments;
  if (!spec.append_row_to.empty()) {
    task["append_row_to"] = "${{outputs." + spec.append_row_to + "}}";
  }
  task["environment"] = environment_object(step.environment);
  object["task"] = std::move(task);
}

}  // namespace

json inputs_object(const std::map<std::string, StepInput>& inputs) {
  json object = json::object();
  for (const auto& [name, input] : inputs) object[name] = input_object(input);
  return object;
}

json output_object(const StepOutput& output, const std::string& path) {
  json object = {{"mode", name_of(output.mode)}, {"type", name_of(output.type)}};
  const std::string& shown = path.empty() ? output.path : path;
  if (!shown.empty()) object["path"] = shown;
  return object;
}

json step_definition(const StepPlan& step, const StepRecord* record) {
  json object = {{"inputs", inputs_object(step.inputs)}, {"outputs", json::object()}};
  for (const auto& [name, output] : step.outputs) {
    const bool is_known = record != nullptr && record->outputs.contains(name);
    object["outputs"][name] = output_object(output, is_known ? record->outputs.at(name) : "");
  }
  object["environment_variables"] = json::object();
  for (const auto& [name, value] : step.environment_variables) {
    object["environment_variables"][name] = "***";
  }
  if (!step.compute.empty()) object["compute"] = step.compute;
  if (!step.description.empty()) object["description"] = step.description;
  if (const auto* command = std::get_if<CommandSpec>(&step.spec)) {
    object["environment"] = environment_object(step.environment);
    if (!step.code.empty()) object["code"] = step.code;
    add_command(*command, object);
  } else {
    add_parallel(step, std::get<ParallelSpec>(step.spec), object);
  }
  return object;
}

}  // namespace batchmill::workspace
