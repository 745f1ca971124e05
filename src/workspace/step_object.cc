#include "workspace/step_object.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include <nlohmann/json.hpp>

#include "model/parallel_settings.h"

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

void add_command(const CommandSpec& spec, json& object) {
  object["type"] = "command";
  object["command"] = spec.command;
  if (spec.timeout_seconds.value > 0) object["limits"] = {{"timeout", spec.timeout_seconds.value}};
}

// Those of the original that have a default; the others only where somebody gave them.
constexpr std::string_view kAlwaysShown[] = {"error_threshold",        "mini_batch_error_threshold",
                                             "logging_level",          "retry_settings.max_retries",
                                             "retry_settings.timeout", "resources.instance_count"};

// "retry_settings.timeout" -> /retry_settings/timeout
json::json_pointer pointer_of(std::string_view key) {
  std::string text = "/" + std::string(key);
  std::replace(text.begin(), text.end(), '.', '/');
  return json::json_pointer(text);
}

json plain(LoggingLevel level) { return name_of(level); }
json plain(const MiniBatchSize& size) { return size.text; }
template <typename T>
json plain(const T& value) {
  return value;
}

template <typename T>
json value_in(const Setting<T>& setting) {
  return plain(setting.value);
}
json value_in(const std::optional<Setting<MiniBatchSize>>& setting) {
  return setting ? value_in(*setting) : json();
}

json value_of(const ParallelSpec& spec, const ParallelSetting& setting) {
  return std::visit([&](const auto& member) { return value_in(spec.*member); }, setting.member);
}

void add_parallel(const StepPlan& step, const ParallelSpec& spec, json& object) {
  object["type"] = "parallel";
  object["input_data"] = "${{inputs." + spec.input_data + "}}";
  for (const ParallelSetting& setting : parallel_settings()) {
    const bool is_always_shown = std::find(std::begin(kAlwaysShown), std::end(kAlwaysShown),
                                           setting.key) != std::end(kAlwaysShown);
    if (is_always_shown || view_of(spec, setting).is_explicit()) {
      object[pointer_of(setting.key)] = value_of(spec, setting);
    }
  }
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
