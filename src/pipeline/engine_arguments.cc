#include "pipeline/engine_arguments.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace batchmill::pipeline {

namespace {

using enum ArgumentEffect;

constexpr EngineArgument setting(std::string_view name, std::string_view key) {
  return {name, kSetting, key, false, ""};
}
constexpr EngineArgument setting(std::string_view name) { return setting(name, name); }
constexpr EngineArgument plain_word(std::string_view name) {
  return {name, kSetting, name, true, ""};
}

constexpr std::array kArguments = {
    setting("error_threshold"),
    setting("allowed_failed_count", "mini_batch_error_threshold"),
    setting("mini_batch_error_threshold"),
    setting("allowed_failed_percent"),
    setting("task_overhead_timeout"),
    setting("progress_update_timeout"),
    setting("first_task_creation_timeout"),
    setting("mini_batch_size"),
    setting("run_invocation_timeout", "retry_settings.timeout"),
    setting("run_max_try", "retry_settings.max_retries"),
    setting("process_count_per_node", "max_concurrency_per_instance"),
    setting("max_concurrency_per_instance"),
    setting("instance_count", "resources.instance_count"),
    setting("logging_level"),
    setting("allow_empty_input"),
    setting("output_action"),
    setting("append_row_file_name"),
    setting("append_row_dataframe_header"),
    setting("append_row_format"),
    setting("append_row_provenance"),
    plain_word("order"),
    plain_word("speculation"),
    plain_word("bisect"),
    plain_word("prefetch"),
    setting("init_stagger_seconds"),
    setting("max_mini_batches_per_second"),
    setting("worker_memory_limit_mb"),
    setting("surplus_gpu_workers"),
    setting("amlbi_async_mode", "async_mode"),
    setting("async_window"),
    setting("amlbi_file_format", "file_format"),
    setting("amlbi_mini_batch_rows", "mini_batch_rows"),
    setting("rank_mini_batch_count"),
    setting("pf_output_only"),
    setting("resume_from"),
    setting("profiling_module"),
    setting("resource_monitor_interval"),
    setting("copy_logs_to_parent"),
    setting("push_metrics_to_parent"),
    setting("metrics_name_prefix"),
    // The two together say that only the field "output" of returned JSON is written.
    EngineArgument{"amlbi_pf_enabled", kPromptFlow, "", false, ""},
    EngineArgument{"amlbi_pf_run_mode", kPromptFlow, "", false, ""},
    // Appending is safe here, and columns of mixed types are read, whatever they say.
    EngineArgument{"append_row_safe_output", kScriptOnly, "", false, ""},
    EngineArgument{"amlbi_dataframe_mixed_types", kScriptOnly, "", false, ""},
    EngineArgument{"partition_keys", kRefused, "", false,
                   "split by files or size with --mini_batch_size"},
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
  // By the name of its key.
  const auto of_key = std::find_if(kArguments.begin(), kArguments.end(),
                                   [&](const EngineArgument& one) { return one.key == name; });
  if (of_key != kArguments.end()) return &*of_key;
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
  return argument.key.empty() ? nullptr : find_key_at(MappingKind::kParallelStep, argument.key);
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
