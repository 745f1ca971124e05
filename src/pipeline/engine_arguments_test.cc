#include "pipeline/engine_arguments.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/parallel_settings.h"

namespace batchmill::pipeline {
namespace {

TEST(EngineArguments, AreKnownToTheKeyTable) {
  std::set<std::string_view> names;
  for (const EngineArgument& argument : engine_arguments()) {
    EXPECT_TRUE(names.insert(argument.name).second) << argument.name << " twice";
    const bool is_setting = argument.effect == ArgumentEffect::kSetting;
    EXPECT_EQ(rule_of(argument) != nullptr, is_setting) << argument.name;
    EXPECT_EQ(find_parallel_setting(argument.key) != nullptr, is_setting) << argument.name;
    EXPECT_EQ(argument.workaround.empty(), argument.effect != ArgumentEffect::kRefused)
        << argument.name;
  }
}

TEST(EngineArguments, AreThereForEverySetting) {
  std::set<std::string_view> keys;
  for (const EngineArgument& argument : engine_arguments()) keys.insert(argument.key);
  for (const ParallelSetting& setting : parallel_settings()) {
    EXPECT_TRUE(keys.contains(setting.key)) << setting.key;
    EXPECT_NE(find_key_at(MappingKind::kParallelStep, setting.key), nullptr) << setting.key;
  }
}

TEST(EngineArguments, OfTheArticleAreKeysToo) {
  for (const char* name :
       {"error_threshold", "allowed_failed_percent", "task_overhead_timeout",
        "progress_update_timeout", "first_task_creation_timeout", "copy_logs_to_parent",
        "metrics_name_prefix", "push_metrics_to_parent", "resource_monitor_interval",
        "allowed_failed_count", "profiling_module"}) {
    EXPECT_NE(find_engine_argument(name), nullptr) << name;
    EXPECT_NE(find_key(MappingKind::kParallelStep, name), nullptr) << name;
  }
}

std::string given(const std::vector<std::string>& words) {
  std::string text;
  for (const GivenArgument& argument : recognise(words).given) {
    text += std::string(argument.argument->name) + "=" + argument.value.value_or("(none)") +
            (argument.is_prefix ? "~;" : ";");
  }
  return text;
}

TEST(Recognise, FindsNamesAndValues) {
  EXPECT_EQ(given({"--error_threshold", "5", "--x", "y"}), "error_threshold=5;");
  EXPECT_EQ(given({"--error_threshold=-1"}), "error_threshold=-1;");
  EXPECT_EQ(given({"--error_threshold", "-1"}), "error_threshold=-1;");
  EXPECT_EQ(given({"--error_threshold", "--run_max_try", "3"}),
            "error_threshold=(none);run_max_try=3;");
  EXPECT_EQ(given({"--error_threshold"}), "error_threshold=(none);");
  EXPECT_EQ(given({"error_threshold", "-error_threshold", "5"}), "");
}

TEST(Recognise, TakesBeginningsOfAtLeastEightyPercent) {
  EXPECT_EQ(given({"--resource_monitor_interva", "9"}), "resource_monitor_interval=9~;");
  EXPECT_EQ(given({"--resource_monitor_in", "9"}), "");                                // 19 of 25
  EXPECT_EQ(given({"--resource_monitor_int", "9"}), "resource_monitor_interval=9~;");  // 20 of 25
  EXPECT_EQ(given({"--error_thres", "9"}), "");                                        // 11 of 15
}

TEST(Recognise, PointsAtNearMisses) {
  const Recognised result = recognise({"--eror_threshold", "3", "--Error-Threshold", "--model"});
  EXPECT_TRUE(result.given.empty());
  ASSERT_EQ(result.near.size(), 2u);
  EXPECT_EQ(result.near[0].written, "--eror_threshold");
  EXPECT_EQ(result.near[1].argument->name, "error_threshold");
  const Recognised keys = recognise({"--async_mode", "true", "--file_format", "csv", "--timeout"});
  EXPECT_TRUE(keys.given.empty());
  ASSERT_EQ(keys.near.size(), 2u) << "names of keys; --timeout is the script's";
  EXPECT_EQ(keys.near[0].argument->name, "amlbi_async_mode");
}

}  // namespace
}  // namespace batchmill::pipeline
