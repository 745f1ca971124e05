#include "pipeline/key_table.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "pipeline/key_rules.h"

namespace batchmill::pipeline {

namespace {

using Table = std::array<std::vector<KeyRule>, kMappingKinds>;

Table make_table() {
  return {pipeline_job_keys(),       command_job_keys(),     settings_keys(),
          command_step_keys(),       parallel_step_keys(),   task_keys(),
          retry_settings_keys(),     resources_keys(),       limits_keys(),
          distribution_keys(),       input_keys(),           output_keys(),
          environment_keys(),        build_keys(),           command_component_keys(),
          parallel_component_keys(), component_input_keys(), component_output_keys()};
}

// Names of the article, of the original's older versions and of its engine.
struct OtherName {
  std::string_view name;
  std::string_view key;  // relative to a parallel step
};
constexpr std::array kOtherNames = {
    OtherName{"item_error_threshold", "error_threshold"},
    OtherName{"mini_batch_timeout", "retry_settings.timeout"},
    OtherName{"mini_batch_max_retries", "retry_settings.max_retries"},
    OtherName{"overhead_timeout", "task_overhead_timeout"},
    OtherName{"run_invocation_timeout", "retry_settings.timeout"},
    OtherName{"run_max_try", "retry_settings.max_retries"},
    OtherName{"process_count_per_node", "max_concurrency_per_instance"},
    OtherName{"node_count", "resources.instance_count"},
    OtherName{"amlbi_async_mode", "async_mode"},
    OtherName{"amlbi_file_format", "file_format"},
    OtherName{"amlbi_mini_batch_rows", "mini_batch_rows"},
    OtherName{"side_inputs", "inputs"},
    OtherName{"arguments", "task.program_arguments"},
    OtherName{"args", "task.program_arguments"},
};

std::optional<std::string> key_below(std::string_view name, MappingKind kind) {
  for (const KeyRule& rule : keys_of(kind)) {
    if (rule.child && find_key(*rule.child, name) != nullptr) {
      return rule.name + "." + std::string(name);
    }
  }
  return std::nullopt;
}

bool is_parallel(MappingKind kind) {
  return kind == MappingKind::kParallelStep || kind == MappingKind::kParallelComponent ||
         kind == MappingKind::kTask || kind == MappingKind::kRetrySettings;
}

// Names that hardly say where they belong: every mapping may have them.
bool is_common(std::string_view name) {
  constexpr std::array kCommon = {"type", "name",       "version", "path", "description",
                                  "tags", "properties", "$schema", "model"};
  return std::find(kCommon.begin(), kCommon.end(), name) != kCommon.end();
}

}  // namespace

std::string_view describe(MappingKind kind) {
  constexpr std::array<std::string_view, kMappingKinds> kNames = {"a pipeline job",
                                                                  "a command job",
                                                                  "settings",
                                                                  "a command step",
                                                                  "a parallel step",
                                                                  "task",
                                                                  "retry_settings",
                                                                  "resources",
                                                                  "limits",
                                                                  "distribution",
                                                                  "an input",
                                                                  "an output",
                                                                  "an environment",
                                                                  "build",
                                                                  "a command component",
                                                                  "a parallel component",
                                                                  "an input of a component",
                                                                  "an output of a component"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::string_view describe(ValueKind kind) {
  switch (kind) {
    case ValueKind::kInteger:
      return "an integer";
    case ValueKind::kNumber:
      return "a number";
    case ValueKind::kBoolean:
      return "a boolean";
    case ValueKind::kTextMap:
    case ValueKind::kMapping:
    case ValueKind::kNamed:
      return "a mapping";
    case ValueKind::kTextOrMapping:
      return "a string or a mapping";
    case ValueKind::kList:
      return "a list";
    case ValueKind::kText:
    case ValueKind::kFreeText:
    case ValueKind::kChoice:
    case ValueKind::kSize:
    case ValueKind::kTemplate:
    case ValueKind::kReference:
      return "a string";
    case ValueKind::kAny:
      break;
  }
  return "anything";
}

std::string example_of(const KeyRule& rule) {
  if (!rule.example.empty()) return rule.example;
  return rule.kind == ValueKind::kBoolean ? "true" : rule.default_text;
}

std::string safe_value_of(const KeyRule& rule) {
  const bool is_number = !rule.default_text.empty() &&
                         rule.default_text.find_first_not_of("-0123456789") == std::string::npos;
  return is_number ? rule.default_text : example_of(rule);
}

const std::vector<KeyRule>& keys_of(MappingKind kind) {
  static const Table table = make_table();
  return table.at(static_cast<std::size_t>(kind));
}

const KeyRule* find_key(MappingKind kind, std::string_view name) {
  const auto& keys = keys_of(kind);
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [&](const KeyRule& rule) { return rule.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

const KeyRule* find_key_at(MappingKind kind, std::string_view path) {
  const auto dot = path.find('.');
  const KeyRule* rule = find_key(kind, path.substr(0, dot));
  if (rule == nullptr || dot == std::string_view::npos) return rule;
  return rule->child ? find_key_at(*rule->child, path.substr(dot + 1)) : nullptr;
}

std::vector<std::string> key_names(MappingKind kind) {
  std::vector<std::string> names;
  for (const KeyRule& rule : keys_of(kind)) {
    if (rule.effect == KeyEffect::kHonoured) names.push_back(rule.name);
  }
  return names;
}

std::string belongs_at(std::string_view name, MappingKind kind, std::optional<MappingKind> parent) {
  if (is_common(name)) return {};
  if (const auto below = key_below(name, kind)) return *below;
  if (!parent) return {};
  if (find_key(*parent, name) != nullptr) return "../" + std::string(name);
  if (const auto beside = key_below(name, *parent)) return "../" + *beside;
  return {};
}

std::string known_as(std::string_view name, MappingKind kind) {
  if (!is_parallel(kind)) return {};
  const std::string prefix = kind == MappingKind::kTask            ? "task."
                             : kind == MappingKind::kRetrySettings ? "retry_settings."
                                                                   : "";
  for (const OtherName& other : kOtherNames) {
    if (other.name != name) continue;
    const bool is_here = other.key.starts_with(prefix);
    return std::string(is_here ? other.key.substr(prefix.size()) : other.key);
  }
  return {};
}

std::vector<std::string> suggest_keys(std::string_view name, MappingKind kind) {
  if (const std::string known = known_as(name, kind); !known.empty()) return {known};
  std::vector<std::string> candidates = key_names(kind);
  if (is_parallel(kind)) {
    for (const OtherName& other : kOtherNames) candidates.emplace_back(other.name);
  }
  std::vector<std::string> suggestions;
  for (std::string& near : nearest(name, candidates)) {
    const std::string known = find_key(kind, near) != nullptr ? "" : known_as(near, kind);
    const std::string& suggestion = known.empty() ? near : known;
    if (std::find(suggestions.begin(), suggestions.end(), suggestion) == suggestions.end()) {
      suggestions.push_back(suggestion);
    }
  }
  return suggestions;
}

}  // namespace batchmill::pipeline
