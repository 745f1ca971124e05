#include "engine/parallel_rules.h"

#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

using std::chrono::seconds;

Setting<std::int64_t> given(std::int64_t value) { return {value, SettingOrigin::kNode, {}}; }

TEST(ParallelRules, DefaultsUseAllCoresAndCheckCounts) {
  const auto rules = step_rules({}, 8);
  EXPECT_EQ(rules.workers_per_node, 8u);
  EXPECT_TRUE(rules.count_check);
  EXPECT_EQ(rules.max_retries, 2u);
  EXPECT_EQ(rules.progress_timeout, seconds(3 * 60 + 600));
  EXPECT_FALSE(rules.expects_rows);
}

TEST(ParallelRules, OnlyAnExplicitMinusOneTurnsTheCountCheckOff) {
  ParallelSpec spec;
  spec.error_threshold = given(-1);
  EXPECT_FALSE(step_rules(spec, 1).count_check);
  spec.error_threshold = given(0);
  EXPECT_TRUE(step_rules(spec, 1).count_check);
}

TEST(ParallelRules, TheProgressWatchdogIsComputedWithAFloor) {
  ParallelSpec spec;
  spec.timeout_seconds = given(1);
  spec.max_retries = given(0);
  spec.task_overhead_timeout_seconds = given(10);
  EXPECT_EQ(step_rules(spec, 1).progress_timeout, seconds(300));
  spec.progress_update_timeout_seconds = given(7);
  EXPECT_EQ(step_rules(spec, 1).progress_timeout, seconds(7));
}

TEST(ParallelRules, AGivenConcurrencyWins) {
  ParallelSpec spec;
  spec.max_concurrency_per_instance = given(3);
  EXPECT_EQ(step_rules(spec, 8).workers_per_node, 3u);
}

}  // namespace
}  // namespace batchmill::engine
