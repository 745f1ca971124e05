#include "engine/parallel_rules.h"

#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

using std::chrono::seconds;

Setting<std::int64_t> given(std::int64_t value) { return {value, SettingOrigin::kNode, {}}; }

TEST(ParallelRules, DefaultsUseAllCoresAndCheckCounts) {
  const auto rules = step_rules({}, {8, {}});
  EXPECT_EQ(rules.workers_per_node, 8u);
  EXPECT_TRUE(rules.count_check);
  EXPECT_EQ(rules.max_retries, 2u);
  EXPECT_EQ(rules.progress_timeout, seconds(3 * 60 + 600));
  EXPECT_FALSE(rules.expects_rows);
}

TEST(ParallelRules, OnlyAnExplicitMinusOneTurnsTheCountCheckOff) {
  ParallelSpec spec;
  spec.error_threshold = given(-1);
  EXPECT_FALSE(step_rules(spec, {1, {}}).count_check);
  spec.error_threshold = given(0);
  EXPECT_TRUE(step_rules(spec, {1, {}}).count_check);
}

TEST(ParallelRules, TheProgressWatchdogIsComputedWithAFloor) {
  ParallelSpec spec;
  spec.timeout_seconds = given(1);
  spec.max_retries = given(0);
  spec.task_overhead_timeout_seconds = given(10);
  EXPECT_EQ(step_rules(spec, {1, {}}).progress_timeout, seconds(300));
  spec.progress_update_timeout_seconds = given(7);
  EXPECT_EQ(step_rules(spec, {1, {}}).progress_timeout, seconds(7));
}

TEST(ParallelRules, AGivenConcurrencyWins) {
  ParallelSpec spec;
  spec.max_concurrency_per_instance = given(3);
  EXPECT_EQ(step_rules(spec, {8, {}}).workers_per_node, 3u);
}

TEST(Spec1_1Concurrency, NodesOfOneMachineShareItsCores) {
  struct {
    std::int64_t nodes;
    std::uint32_t cores;
    std::vector<std::uint32_t> gpus;
    std::uint32_t workers;
  } const cases[] = {
      {1, 8, {}, 8}, {2, 8, {}, 4}, {3, 8, {}, 2}, {9, 8, {}, 1}, {1, 8, {0}, 1}, {-1, 4, {}, 4},
  };
  for (const auto& [nodes, cores, gpus, workers] : cases) {
    ParallelSpec spec;
    spec.instance_count = given(nodes);
    EXPECT_EQ(step_rules(spec, {cores, gpus}).workers_per_node, workers)
        << nodes << " nodes, " << cores << " cores";
    spec.max_concurrency_per_instance = given(5);
    EXPECT_EQ(step_rules(spec, {cores, gpus}).workers_per_node, 5u);
  }
}

TEST(ParallelRules, RowsAreExpectedWhereTheyAreAppended) {
  ParallelSpec spec;
  spec.append_row_to = "rows";
  EXPECT_TRUE(step_rules(spec, {}).expects_rows);
  spec.output_action = {"summary_only", SettingOrigin::kArgument, {}};
  EXPECT_FALSE(step_rules(spec, {}).expects_rows);
}

TEST(ParallelRules, WhatGoesBeyondTheOriginalIsHandedOn) {
  ParallelSpec spec;
  EXPECT_EQ(step_rules(spec, {}).fixed_window, 0u);
  spec.bisect.value = spec.speculation.value = spec.async_mode.value = true;
  spec.order.value = "largest_first";
  spec.init_stagger_seconds.value = 0.25;
  spec.max_mini_batches_per_second.value = 1.5;
  spec.async_window.value = 7;
  const auto rules = step_rules(spec, {});
  EXPECT_TRUE(rules.bisect);
  EXPECT_TRUE(rules.speculation);
  EXPECT_TRUE(rules.largest_first);
  EXPECT_EQ(rules.init_stagger, std::chrono::milliseconds(250));
  EXPECT_EQ(rules.max_mini_batches_per_second, 1.5);
  EXPECT_EQ(rules.fixed_window, 7u);
}

}  // namespace
}  // namespace batchmill::engine
