#include "engine/parallel_rules.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace batchmill::engine {

namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr std::int64_t kLeastProgressTimeout = 300;

std::int64_t progress_timeout(const ParallelSpec& spec) {
  if (spec.progress_update_timeout_seconds.value > 0)
    return spec.progress_update_timeout_seconds.value;
  const std::int64_t computed = (spec.max_retries.value + 1) * spec.timeout_seconds.value +
                                spec.task_overhead_timeout_seconds.value;
  return std::max(kLeastProgressTimeout, computed);
}

const char* level_name(LoggingLevel level) {
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

std::string place_text(const SourcePlace& place) {
  if (place.line == 0) return place.file;
  return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

template <typename T, typename Value>
json entry(const char* name, const Setting<T>& setting, const Value& value) {
  return {{"name", name},
          {"value", value},
          {"origin", origin_name(setting.origin)},
          {"place", place_text(setting.place)}};
}

template <typename T>
json entry(const char* name, const Setting<T>& setting) {
  return entry(name, setting, setting.value);
}

}  // namespace

parallel::StepRules step_rules(const ParallelSpec& spec, std::uint32_t cores) {
  parallel::StepRules rules;
  rules.max_retries = static_cast<std::uint32_t>(spec.max_retries.value);
  rules.run_timeout = seconds(spec.timeout_seconds.value);
  rules.load_timeout = seconds(spec.task_overhead_timeout_seconds.value);
  rules.count_check = !(spec.error_threshold.is_explicit() && spec.error_threshold.value == -1);
  rules.error_threshold = spec.error_threshold.value;
  rules.mini_batch_error_threshold = spec.mini_batch_error_threshold.value;
  rules.allowed_failed_percent = spec.allowed_failed_percent.value;
  rules.first_task_timeout = seconds(spec.first_task_creation_timeout_seconds.value);
  rules.progress_timeout = seconds(progress_timeout(spec));
  const std::int64_t concurrency = spec.max_concurrency_per_instance.value;
  rules.workers_per_node =
      concurrency > 0 ? static_cast<std::uint32_t>(concurrency) : std::max(1U, cores);
  rules.expects_rows = !spec.append_row_to.empty();
  rules.allow_empty_input = spec.allow_empty_input.value;
  return rules;
}

std::string settings_json(const ParallelSpec& spec, const parallel::StepRules& rules) {
  json list = json::array();
  const Setting<MiniBatchSize> size = spec.mini_batch_size.value_or(Setting<MiniBatchSize>{});
  list.push_back(entry("mini_batch_size", size,
                       size.is_explicit() ? size.value.text : "1 file, or 1mb of a table"));
  list.push_back(entry("error_threshold", spec.error_threshold));
  list.push_back(entry("mini_batch_error_threshold", spec.mini_batch_error_threshold));
  list.push_back(entry("allowed_failed_percent", spec.allowed_failed_percent));
  list.push_back(entry("max_concurrency_per_instance", spec.max_concurrency_per_instance,
                       rules.workers_per_node));
  list.push_back(entry("instance_count", spec.instance_count));
  list.push_back(entry("max_retries", spec.max_retries));
  list.push_back(entry("timeout", spec.timeout_seconds));
  list.push_back(entry("task_overhead_timeout", spec.task_overhead_timeout_seconds));
  list.push_back(entry("progress_update_timeout", spec.progress_update_timeout_seconds,
                       progress_timeout(spec)));
  list.push_back(entry("first_task_creation_timeout", spec.first_task_creation_timeout_seconds));
  list.push_back(entry("logging_level", spec.logging_level, level_name(spec.logging_level.value)));
  list.push_back(entry("allow_empty_input", spec.allow_empty_input));
  list.push_back(entry("append_row_dataframe_header", spec.append_row_dataframe_header));
  list.push_back(entry("append_row_file_name", spec.append_row_file_name));
  return list.dump();
}

}  // namespace batchmill::engine
