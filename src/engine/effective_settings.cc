#include "engine/effective_settings.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "data/planner.h"

namespace batchmill::engine {

namespace {

using nlohmann::json;
using runlog::SettingUse;

template <typename T>
SettingUse use(const char* name, const Setting<T>& setting, std::string value) {
  return {name, std::move(value), setting.origin, setting.place};
}

SettingUse use(const char* name, const Setting<std::int64_t>& setting) {
  return use(name, setting, fmt::to_string(setting.value));
}

SettingUse use(const char* name, const Setting<double>& setting) {
  return use(name, setting, fmt::format("{}", setting.value));
}

SettingUse use(const char* name, const Setting<bool>& setting) {
  return use(name, setting, python_bool(setting.value));
}

SettingUse use(const char* name, const Setting<std::string>& setting) {
  return use(name, setting, setting.value);
}

std::string seconds_text(Duration duration) {
  return fmt::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

using Uses = std::vector<SettingUse>;

void add(Uses& all, Uses more) { std::move(more.begin(), more.end(), std::back_inserter(all)); }

Uses splitting(const ParallelSpec& spec, const SettingFacts& facts) {
  const Setting<MiniBatchSize> size = spec.mini_batch_size.value_or(Setting<MiniBatchSize>{});
  const std::int64_t rows = spec.mini_batch_rows.value > 0
                                ? spec.mini_batch_rows.value
                                : static_cast<std::int64_t>(data::kDefaultRowsPerMiniBatch);
  return {
      use("mini_batch_size", size, mini_batch_size_text(spec, facts.input_kind)),
      use("file_format", spec.file_format),
      use("mini_batch_rows", spec.mini_batch_rows, fmt::to_string(rows)),
      use("rank_mini_batch_count", spec.rank_mini_batch_count),
      use("order", spec.order),
      use("allow_empty_input", spec.allow_empty_input),
      use("resume_from", spec.resume_from),
  };
}

Uses failing(const ParallelSpec& spec, const SettingFacts& facts) {
  return {
      use("error_threshold", spec.error_threshold),
      use("mini_batch_error_threshold", spec.mini_batch_error_threshold),
      use("allowed_failed_percent", spec.allowed_failed_percent),
      use("max_retries", spec.max_retries),
      use("timeout", spec.timeout_seconds),
      use("task_overhead_timeout", spec.task_overhead_timeout_seconds),
      use("progress_update_timeout", spec.progress_update_timeout_seconds,
          seconds_text(facts.rules.progress_timeout)),
      use("first_task_creation_timeout", spec.first_task_creation_timeout_seconds),
      use("bisect", spec.bisect),
      use("speculation", spec.speculation),
  };
}

Uses running(const ParallelSpec& spec, const SettingFacts& facts) {
  const std::int64_t nodes = std::max<std::int64_t>(1, spec.instance_count.value);
  return {
      use("instance_count", spec.instance_count, fmt::to_string(nodes)),
      use("max_concurrency_per_instance", spec.max_concurrency_per_instance,
          fmt::to_string(facts.rules.workers_per_node)),
      use("prefetch", spec.prefetch),
      use("init_stagger_seconds", spec.init_stagger_seconds),
      use("max_mini_batches_per_second", spec.max_mini_batches_per_second),
      use("worker_memory_limit_mb", spec.worker_memory_limit_mb),
      use("surplus_gpu_workers", spec.surplus_gpu_workers),
      use("async_mode", spec.async_mode),
      use("async_window", spec.async_window),
  };
}

Uses returning(const ParallelSpec& spec, const SettingFacts& facts) {
  const char* action = facts.rows ? "append_row" : "summary_only";
  const bool header = facts.rows && facts.rows->header;
  return {
      use("output_action", spec.output_action, action),
      use("append_row_file_name", spec.append_row_file_name),
      use("append_row_format", spec.append_row_format),
      use("append_row_dataframe_header", spec.append_row_dataframe_header, python_bool(header)),
      use("append_row_provenance", spec.append_row_provenance),
      use("pf_output_only", spec.pf_output_only),
  };
}

Uses watching(const ParallelSpec& spec) {
  return {
      use("logging_level", spec.logging_level, name_of(spec.logging_level.value)),
      use("resource_monitor_interval", spec.resource_monitor_interval_seconds),
      use("profiling_module", spec.profiling_module),
      use("copy_logs_to_parent", spec.copy_logs_to_parent),
      use("push_metrics_to_parent", spec.push_metrics_to_parent),
      use("metrics_name_prefix", spec.metrics_name_prefix),
  };
}

}  // namespace

const char* name_of(LoggingLevel level) {
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

const char* python_bool(bool value) { return value ? "True" : "False"; }

std::string mini_batch_size_text(const ParallelSpec& spec, std::string_view input_kind) {
  if (spec.mini_batch_size && !spec.mini_batch_size->value.text.empty())
    return spec.mini_batch_size->value.text;
  if (spec.mini_batch_size) return fmt::to_string(spec.mini_batch_size->value.amount);
  return input_kind == "table" ? "1mb" : "1";
}

std::vector<SettingUse> effective_settings(const ParallelSpec& spec, const SettingFacts& facts) {
  Uses all = splitting(spec, facts);
  add(all, failing(spec, facts));
  add(all, running(spec, facts));
  add(all, returning(spec, facts));
  add(all, watching(spec));
  return all;
}

SettingUse setting_named(const std::vector<SettingUse>& settings, std::string_view name) {
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [name](const SettingUse& use) { return use.name == name; });
  return found == settings.end() ? SettingUse{std::string(name), "", {}, {}} : *found;
}

std::string settings_json(const std::vector<SettingUse>& settings) {
  json list = json::array();
  for (const SettingUse& setting : settings) {
    list.push_back({{"name", setting.name},
                    {"value", setting.value},
                    {"origin", origin_name(setting.origin)},
                    {"place", setting.place.file.empty() ? "" : runlog::origin_text(setting)}});
  }
  return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace batchmill::engine
