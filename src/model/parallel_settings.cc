#include "model/parallel_settings.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace batchmill {

namespace {

using Spec = ParallelSpec;

const ParallelSetting kSettings[] = {
    {"mini_batch_size", &Spec::mini_batch_size},
    {"error_threshold", &Spec::error_threshold},
    {"mini_batch_error_threshold", &Spec::mini_batch_error_threshold},
    {"allowed_failed_percent", &Spec::allowed_failed_percent},
    {"retry_settings.max_retries", &Spec::max_retries},
    {"retry_settings.timeout", &Spec::timeout_seconds},
    {"bisect", &Spec::bisect},
    {"speculation", &Spec::speculation},
    {"task_overhead_timeout", &Spec::task_overhead_timeout_seconds},
    {"progress_update_timeout", &Spec::progress_update_timeout_seconds},
    {"first_task_creation_timeout", &Spec::first_task_creation_timeout_seconds},
    {"allow_empty_input", &Spec::allow_empty_input},
    {"resources.instance_count", &Spec::instance_count},
    {"max_concurrency_per_instance", &Spec::max_concurrency_per_instance},
    {"order", &Spec::order},
    {"prefetch", &Spec::prefetch},
    {"init_stagger_seconds", &Spec::init_stagger_seconds},
    {"max_mini_batches_per_second", &Spec::max_mini_batches_per_second},
    {"worker_memory_limit_mb", &Spec::worker_memory_limit_mb},
    {"surplus_gpu_workers", &Spec::surplus_gpu_workers},
    {"output_action", &Spec::output_action},
    {"append_row_file_name", &Spec::append_row_file_name},
    {"append_row_format", &Spec::append_row_format},
    {"append_row_dataframe_header", &Spec::append_row_dataframe_header},
    {"append_row_provenance", &Spec::append_row_provenance},
    {"file_format", &Spec::file_format},
    {"mini_batch_rows", &Spec::mini_batch_rows},
    {"rank_mini_batch_count", &Spec::rank_mini_batch_count},
    {"async_mode", &Spec::async_mode},
    {"async_window", &Spec::async_window},
    {"pf_output_only", &Spec::pf_output_only},
    {"resume_from", &Spec::resume_from},
    {"logging_level", &Spec::logging_level},
    {"profiling_module", &Spec::profiling_module},
    {"resource_monitor_interval", &Spec::resource_monitor_interval_seconds},
    {"copy_logs_to_parent", &Spec::copy_logs_to_parent},
    {"push_metrics_to_parent", &Spec::push_metrics_to_parent},
    {"metrics_name_prefix", &Spec::metrics_name_prefix},
};

std::string text_of(const std::string& value) { return value; }
std::string text_of(std::int64_t value) { return std::to_string(value); }
std::string text_of(double value) { return fmt::format("{}", value); }
std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(LoggingLevel value) { return name_of(value); }
std::string text_of(const MiniBatchSize& value) { return value.text; }

template <typename T>
SettingView view(const Setting<T>& setting) {
  return {text_of(setting.value), setting.origin, setting.place};
}

SettingView view(const std::optional<Setting<MiniBatchSize>>& setting) {
  return setting ? view(*setting) : SettingView{};
}

}  // namespace

std::span<const ParallelSetting> parallel_settings() { return kSettings; }

const ParallelSetting* find_parallel_setting(std::string_view key) {
  const auto* found =
      std::find_if(std::begin(kSettings), std::end(kSettings),
                   [&](const ParallelSetting& setting) { return setting.key == key; });
  return found == std::end(kSettings) ? nullptr : found;
}

SettingView view_of(const ParallelSpec& spec, const ParallelSetting& setting) {
  return std::visit([&](auto member) { return view(spec.*member); }, setting.member);
}

const char* name_of(LoggingLevel level) {
  constexpr const char* kNames[] = {"DEBUG", "INFO", "WARNING"};
  return kNames[static_cast<int>(level)];
}

std::optional<LoggingLevel> logging_level_from(const std::string& text) {
  const std::string level = to_lower(text);
  if (level == "debug") return LoggingLevel::kDebug;
  if (level == "info") return LoggingLevel::kInfo;
  if (level == "warning" || level == "warn") return LoggingLevel::kWarning;
  return std::nullopt;
}

}  // namespace batchmill
