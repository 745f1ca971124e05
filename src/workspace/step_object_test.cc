#include "workspace/step_object.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace batchmill::workspace {
namespace {

using nlohmann::json;

template <typename T>
Setting<T> given(T value) {
  return {std::move(value), SettingOrigin::kNode, {}};
}

StepPlan step_with(ParallelSpec spec) {
  StepPlan step;
  step.spec = std::move(spec);
  return step;
}

TEST(StepObject, ShowsTheSettingsOfTheOriginalAlways) {
  const json object = step_definition(step_with({}), nullptr);
  EXPECT_EQ(object["type"], "parallel");
  EXPECT_EQ(object["error_threshold"], -1);
  EXPECT_EQ(object["mini_batch_error_threshold"], -1);
  EXPECT_EQ(object["logging_level"], "INFO");
  EXPECT_EQ(object["retry_settings"], json({{"max_retries", 2}, {"timeout", 60}}));
  EXPECT_EQ(object["resources"], json({{"instance_count", 1}}));
  EXPECT_FALSE(object.contains("mini_batch_size"));
  EXPECT_FALSE(object.contains("bisect"));
}

TEST(StepObject, ShowsEverySettingThatWasGivenAsItIsWritten) {
  ParallelSpec spec;
  spec.mini_batch_size = given(MiniBatchSize{10240, true, "10kb"});
  spec.bisect = given(true);
  spec.order = given<std::string>("largest_first");
  spec.max_mini_batches_per_second = given(0.5);
  spec.timeout_seconds = given<std::int64_t>(600);
  spec.logging_level = given(LoggingLevel::kDebug);
  const json object = step_definition(step_with(spec), nullptr);
  EXPECT_EQ(object["mini_batch_size"], "10kb");
  EXPECT_EQ(object["bisect"], true);
  EXPECT_EQ(object["order"], "largest_first");
  EXPECT_EQ(object["max_mini_batches_per_second"], 0.5);
  EXPECT_EQ(object["retry_settings"]["timeout"], 600);
  EXPECT_EQ(object["logging_level"], "DEBUG");
  EXPECT_FALSE(object.contains("speculation"));
}

}  // namespace
}  // namespace batchmill::workspace
