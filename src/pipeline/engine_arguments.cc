#include "pipeline/engine_arguments.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace batchmill::pipeline {

namespace {

using enum ArgumentEffect;
using enum MappingKind;

constexpr std::array kArguments = {
    EngineArgument{"error_threshold", kSetting, kParallelStep, "error_threshold", "error_threshold",
                   ""},
    EngineArgument{"allowed_failed_count", kSetting, kParallelStep, "mini_batch_error_threshold",
                   "mini_batch_error_threshold", ""},
    EngineArgument{"allowed_failed_percent", kSetting, kParallelStep, "allowed_failed_percent",
                   "allowed_failed_percent", ""},
    EngineArgument{"task_overhead_timeout", kSetting, kParallelStep, "task_overhead_timeout",
                   "task_overhead_timeout", ""},
    EngineArgument{"progress_update_timeout", kSetting, kParallelStep, "progress_update_timeout",
                   "progress_update_timeout", ""},
    EngineArgument{"first_task_creation_timeout", kSetting, kParallelStep,
                   "first_task_creation_timeout", "first_task_creation_timeout", ""},
    EngineArgument{"append_row_dataframe_header", kSetting, kParallelStep,
                   "append_row_dataframe_header", "append_row_dataframe_header", ""},
    EngineArgument{"append_row_file_name", kSetting, kParallelStep, "append_row_file_name",
                   "append_row_file_name", ""},
    EngineArgument{"allow_empty_input", kSetting, kParallelStep, "allow_empty_input",
                   "allow_empty_input", ""},
    EngineArgument{"mini_batch_size", kSetting, kParallelStep, "mini_batch_size", "mini_batch_size",
                   ""},
    EngineArgument{"process_count_per_node", kSetting, kParallelStep,
                   "max_concurrency_per_instance", "max_concurrency_per_instance", ""},
    EngineArgument{"logging_level", kSetting, kParallelStep, "logging_level", "logging_level", ""},
    EngineArgument{"run_invocation_timeout", kSetting, kRetrySettings, "timeout",
                   "retry_settings.timeout", ""},
    EngineArgument{"run_max_try", kSetting, kRetrySettings, "max_retries",
                   "retry_settings.max_retries", ""},
    EngineArgument{"copy_logs_to_parent", kWithoutEffect, kParallelStep, "copy_logs_to_parent", "",
                   ""},
    EngineArgument{"metrics_name_prefix", kWithoutEffect, kParallelStep, "metrics_name_prefix", "",
                   ""},
    EngineArgument{"push_metrics_to_parent", kWithoutEffect, kParallelStep,
                   "push_metrics_to_parent", "", ""},
    EngineArgument{"resource_monitor_interval", kWithoutEffect, kParallelStep,
                   "resource_monitor_interval", "", ""},
    EngineArgument{"profiling_module", kWithoutEffect, kParallelStep, "profiling_module", "", ""},
    // Appending is safe here whatever it says.
    EngineArgument{"append_row_safe_output", kScriptOnly, kParallelStep, "", "", ""},
    EngineArgument{"output_action", kSetting, kParallelStep, "", "task.append_row_to", ""},
    EngineArgument{"append_row_format", kRefused, kParallelStep, "", "",
                   "set options of to_csv in parallel_run_step.settings.json"},
    EngineArgument{"partition_keys", kRefused, kParallelStep, "", "",
                   "split by files or size with --mini_batch_size"},
    EngineArgument{"resume_from", kRefused, kParallelStep, "", "",
                   "continue that job with 'batchmill job resume'"},
    EngineArgument{"rank_mini_batch_count", kRefusedIfMore, kParallelStep, "", "",
                   "split a folder with one file for each rank"},
    EngineArgument{"amlbi_file_format", kRefused, kParallelStep, "", "",
                   "split the lines into files, or use an mltable of delimited files"},
    EngineArgument{"amlbi_mini_batch_rows", kRefused, kParallelStep, "", "", "set mini_batch_size"},
    EngineArgument{"amlbi_pf_enabled", kRefusedIfTrue, kParallelStep, "", "", "remove it"},
    EngineArgument{"amlbi_pf_run_mode", kRefused, kParallelStep, "", "", "remove it"},
    EngineArgument{"amlbi_async_mode", kRefusedIfTrue, kParallelStep, "", "",
                   "return the results from run()"},
    EngineArgument{"amlbi_dataframe_mixed_types", kRefusedIfTrue, kParallelStep, "", "",
                   "give the columns types in the MLTable file"},
};

constexpr std::size_t kPrefixPercent = 80;
constexpr std::size_t kNearDistance = 2;
constexpr std::size_t kLeastNearLength = 8;  // shorter names resemble each other by chance

bool is_long_option(std::string_view word) {
  return word.size() > 2 && word.starts_with("--") &&
         std::isalpha(static_cast<unsigned char>(word[2])) != 0;
}

const EngineArgument* find_by_prefix(std::string_view name) {
  const EngineArgument* only = nullptr;
  for (const EngineArgument& argument : kArguments) {
    const bool is_begin = argument.name.starts_with(name) &&
                          name.size() * 100 >= argument.name.size() * kPrefixPercent;
    if (!is_begin) continue;
    if (only != nullptr) return nullptr;
    only = &argument;
  }
  return only;
}

const EngineArgument* find_near(std::string_view name) {
  if (name.size() < kLeastNearLength) return nullptr;
  std::string normal = to_lower(name);
  std::replace(normal.begin(), normal.end(), '-', '_');
  for (const EngineArgument& argument : kArguments) {
    if (edit_distance(normal, argument.name) <= kNearDistance) return &argument;
  }
  return nullptr;
}

}  // namespace

std::span<const EngineArgument> engine_arguments() { return kArguments; }

const EngineArgument* find_engine_argument(std::string_view name) {
  const auto found =
      std::find_if(kArguments.begin(), kArguments.end(),
                   [&](const EngineArgument& argument) { return argument.name == name; });
  return found == kArguments.end() ? nullptr : &*found;
}

const KeyRule* rule_of(const EngineArgument& argument) {
  return argument.key.empty() ? nullptr : find_key(argument.kind, argument.key);
}

Recognised recognise(const std::vector<std::string>& words) {
  Recognised result;
  for (std::size_t index = 0; index < words.size(); ++index) {
    const std::string_view word = words[index];
    if (!is_long_option(word)) continue;
    const auto equals = word.find('=');
    const std::string_view name = word.substr(2, equals == word.npos ? equals : equals - 2);
    GivenArgument given;
    given.written = "--" + std::string(name);
    given.argument = find_engine_argument(name);
    if (given.argument == nullptr) {
      given.argument = find_by_prefix(name);
      given.is_prefix = given.argument != nullptr;
    }
    if (given.argument == nullptr) {
      if (const EngineArgument* near = find_near(name))
        result.near.push_back({given.written, near});
      continue;
    }
    if (equals != word.npos) {
      given.value = word.substr(equals + 1);
    } else if (index + 1 < words.size() && !is_long_option(words[index + 1])) {
      given.value = words[index + 1];
    }
    result.given.push_back(std::move(given));
  }
  return result;
}

}  // namespace batchmill::pipeline
