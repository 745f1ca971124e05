#include <algorithm>
#include <array>

#include "pipeline/key_rules.h"

// Keys of component files: those of a step, without what only a node of a pipeline can say, and
// with declarations of inputs and outputs (pipeline-yaml.md 2.3, 2.4).
namespace batchmill::pipeline {

namespace {

using enum ValueKind;

// What a component file cannot say, or says in its own way below.
constexpr std::array kOfNodes = {
    "component",  "compute",     "comment", "name",          "experiment_name",
    "identity",   "services",    "inputs",  "outputs",       "display_name",
    "properties", "description", "tags",    "queue_settings"};

std::vector<KeyRule> without_those_of_nodes(std::vector<KeyRule> keys) {
  std::erase_if(keys, [](const KeyRule& rule) {
    return std::find(kOfNodes.begin(), kOfNodes.end(), rule.name) != kOfNodes.end();
  });
  for (KeyRule& rule : keys) rule.bindable = false;  // it knows no pipeline
  return keys;
}

void append_own_keys(std::vector<KeyRule>& keys) {
  for (KeyRule& rule : std::vector<KeyRule>{
           KeyRow("inputs", kNamed, "Inputs: their types, defaults and limits.").own(),
           KeyRow("outputs", kNamed, "Outputs and their types.").own(),
           KeyRow("name", kText, "Name of the component; needed to register it.").own(),
           KeyRow("version", kText, "Its version.").own(),
           KeyRow("display_name", kFreeText, "Its name for people; not the step's.").own(),
           KeyRow("description", kFreeText, "What it is for.").own(),
           KeyRow("tags", kTextMap, "Free names and values to find it by.").own(),
           KeyRow("properties", kTextMap, "Free names and values.").own(),
           KeyRow("$schema", kAny, "For editors; without meaning here.").own().ignored()}) {
    keys.push_back(std::move(rule));
  }
}

KeyRow bound(std::string name, std::string help) {
  KeyRow row(std::move(name), kNumber, std::move(help));
  row.between(-kMostInteger, kMostInteger).like("0");
  return row;
}

}  // namespace

std::vector<KeyRule> command_component_keys() {
  std::vector<KeyRule> keys = without_those_of_nodes(command_step_keys());
  append_own_keys(keys);
  keys.push_back(KeyRow("additional_includes", kAny, "More files beside code.")
                     .later("put the files into the code folder"));
  return keys;
}

std::vector<KeyRule> parallel_component_keys() {
  std::vector<KeyRule> keys = without_those_of_nodes(parallel_step_keys());
  append_own_keys(keys);
  return keys;
}

std::vector<KeyRule> component_input_keys() {
  return {
      KeyRow("type", kChoice, "What it takes: a literal or data.")
          .required("uri_folder")
          .one_of({"string", "integer", "number", "boolean", "uri_file", "uri_folder", "mltable",
                   "mlflow_model", "custom_model", "triton_model", "path"}),
      KeyRow("optional", kBoolean, "A step may leave it out.").standard("false"),
      KeyRow("default", kAny, "The value of a literal that the step leaves out.").like("10"),
      bound("min", "Least value of a number."),
      bound("max", "Greatest value of a number."),
      KeyRow("enum", kList, "The only texts that a string may be.").like("[fast, exact]"),
      KeyRow("mode", kChoice, "How the step gets data, unless it says so itself.")
          .standard("ro_mount")
          .like("ro_mount")
          .one_of(
              {"ro_mount", "mount", "download", "direct", "eval_mount", "eval_download", "link"}),
      KeyRow("description", kFreeText, "What it is for."),
  };
}

std::vector<KeyRule> component_output_keys() {
  return {
      KeyRow("type", kChoice, "What is written.")
          .standard("uri_folder")
          .like("uri_folder")
          .one_of({"uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model",
                   "triton_model", "path"}),
      KeyRow("mode", kChoice, "How it gets there, unless the step says so itself.")
          .standard("rw_mount")
          .like("rw_mount")
          .one_of({"rw_mount", "mount", "upload", "direct", "link"}),
      KeyRow("description", kFreeText, "What it is for."),
  };
}

}  // namespace batchmill::pipeline
