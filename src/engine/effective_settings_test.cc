#include "engine/effective_settings.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/parallel_rules.h"

namespace batchmill::engine {
namespace {

std::string value_of(const ParallelSpec& spec, const char* name, const SettingFacts& facts = {}) {
  return setting_named(effective_settings(spec, facts), name).value;
}

// The fields of ParallelSpec that are settings, under the names of their keys.
const std::vector<std::string> kKeys = {"mini_batch_size",
                                        "file_format",
                                        "mini_batch_rows",
                                        "rank_mini_batch_count",
                                        "order",
                                        "allow_empty_input",
                                        "resume_from",
                                        "error_threshold",
                                        "mini_batch_error_threshold",
                                        "allowed_failed_percent",
                                        "max_retries",
                                        "timeout",
                                        "task_overhead_timeout",
                                        "progress_update_timeout",
                                        "first_task_creation_timeout",
                                        "bisect",
                                        "speculation",
                                        "instance_count",
                                        "max_concurrency_per_instance",
                                        "prefetch",
                                        "init_stagger_seconds",
                                        "max_mini_batches_per_second",
                                        "worker_memory_limit_mb",
                                        "surplus_gpu_workers",
                                        "async_mode",
                                        "async_window",
                                        "output_action",
                                        "append_row_file_name",
                                        "append_row_format",
                                        "append_row_dataframe_header",
                                        "append_row_provenance",
                                        "pf_output_only",
                                        "logging_level",
                                        "resource_monitor_interval",
                                        "profiling_module",
                                        "copy_logs_to_parent",
                                        "push_metrics_to_parent",
                                        "metrics_name_prefix"};

TEST(Spec8Settings, EveryKeyIsThereOnce) {
  std::vector<std::string> names;
  for (const auto& use : effective_settings({}, {})) names.push_back(use.name);
  EXPECT_EQ(names, kKeys);
}

TEST(Spec8Settings, ValuesThatNobodyGaveAreTheEffectiveOnes) {
  ParallelSpec spec;
  SettingFacts facts;
  facts.rules = step_rules(spec, {6, {}});
  EXPECT_EQ(value_of(spec, "max_concurrency_per_instance", facts), "6");
  EXPECT_EQ(value_of(spec, "progress_update_timeout", facts), "780");
  EXPECT_EQ(value_of(spec, "output_action", facts), "summary_only");
  EXPECT_EQ(value_of(spec, "mini_batch_size", facts), "1");
  EXPECT_EQ(value_of(spec, "mini_batch_rows", facts), "100");
  facts.input_kind = "table";
  facts.rows = RowFormat{.format = "csv", .to_csv = "{}", .header = true};
  EXPECT_EQ(value_of(spec, "mini_batch_size", facts), "1mb");
  EXPECT_EQ(value_of(spec, "output_action", facts), "append_row");
  EXPECT_EQ(value_of(spec, "append_row_dataframe_header", facts), "True");
}

TEST(Spec8Settings, OriginAndPlaceAreKept) {
  ParallelSpec spec;
  spec.max_retries = {7, SettingOrigin::kComponent, {"score.yml", 4, 3}};
  spec.bisect = {true, SettingOrigin::kArgument, {}};
  const auto json = nlohmann::json::parse(settings_json(effective_settings(spec, {})));
  ASSERT_EQ(json.size(), kKeys.size());
  const auto named = [&](const char* name) {
    for (const auto& entry : json) {
      if (entry["name"] == name) return entry;
    }
    return nlohmann::json();
  };
  EXPECT_EQ(named("max_retries"), nlohmann::json({{"name", "max_retries"},
                                                  {"value", "7"},
                                                  {"origin", "component"},
                                                  {"place", "score.yml:4:3"}}));
  EXPECT_EQ(named("bisect")["origin"], "argument");
  EXPECT_EQ(named("speculation")["origin"], "default");
}

}  // namespace
}  // namespace batchmill::engine
