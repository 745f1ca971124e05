#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/scheduler_rig.h"

// parallel-job.md 5.7: nodes that are lost.
namespace batchmill::parallel {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(Spec5_7Nodes, ALostNodeDoesNotFailTheStepWhileAnotherIsAlive) {
  Rig rig(rules_with(0));
  rig.plan(2);
  rig.join(0);
  rig.join(1);
  rig.ready(0, 0);
  rig.ready(0, 1);
  rig.send(NodeLost{NodeId{0}, "gone"});
  rig.done(worker(0, 1), 1);
  rig.settle();
  rig.done(worker(0, 1), 0, 2);  // what the lost one had picked is available again
  rig.commit();
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().verdict, Verdict::kCompleted);
  EXPECT_EQ(rig.tally().succeeded, 2u);
}

TEST(Spec5_7Nodes, WhatRanThereIsRecordedAndWhatWasQueuedIsNot) {
  Rig rig(rules_with(0));
  rig.plan(20);
  rig.staff(1);  // holds 0 and 1
  rig.send(NodeLost{NodeId{0}, "gone"});
  rig.settle();
  ASSERT_THAT(rig.committed(), SizeIs(1));
  EXPECT_EQ(rig.committed()[0].id, rig.attempt(0, 1));
  EXPECT_EQ(rig.committed()[0].outcome.status, AttemptStatus::kNodeLost);
  EXPECT_FALSE(rig.committed()[0].final);
  rig.join(1);
  EXPECT_THAT(ranges_leased(rig.ready(0, 1)), ElementsAre(whole(0, 2), whole(1, 1)));
}

TEST(Spec5_7Nodes, LossesUseUpNoTryUpToTenPerMiniBatch) {
  Rig rig(rules_with(0));
  rig.plan(2);
  for (std::uint32_t node = 0; node <= 10; ++node) {
    rig.join(node);
    const auto ranges = ranges_leased(rig.ready(0, node));
    ASSERT_FALSE(ranges.empty());
    EXPECT_EQ(ranges[0].first, MiniBatchId{0});
    rig.send(NodeLost{NodeId{node}, "gone"});
    rig.settle();
    EXPECT_EQ(rig.tally().failed, node == 10 ? 1u : 0u);
  }
  EXPECT_EQ(rig.committed().back().outcome.status, AttemptStatus::kNodeLost);
  // The one behind it in the queue was never charged with anything.
  for (const AttemptRecord& each : rig.committed()) EXPECT_EQ(each.id.mini_batch, MiniBatchId{0});
}

TEST(Spec5_7Nodes, LossesDoNotShortenTheTriesOfAScript) {
  Rig rig(rules_with(1));
  rig.plan(1);
  for (std::uint32_t node = 0; node < 5; ++node) {
    rig.join(node);
    rig.ready(0, node);
    rig.send(NodeLost{NodeId{node}, "gone"});
    rig.settle();
  }
  rig.join(5);
  rig.ready(0, 5);
  rig.failed(worker(0, 5), 0, 6, AttemptStatus::kRunException);
  rig.commit();
  EXPECT_EQ(rig.tally().failed, 0u);
  rig.failed(worker(0, 5), 0, 7, AttemptStatus::kRunException);
  rig.commit();
  EXPECT_EQ(rig.tally().failed, 1u);
}

TEST(Spec5_7Nodes, ItemsOfALostMiniBatchComeFromThePlan) {
  StepRules rules = rules_with(0);
  rules.items_of = [](MiniBatchId id) { return static_cast<std::uint32_t>(7 + id.value); };
  Rig rig(rules);
  rig.plan(1);
  rig.staff(1);
  Outcome crashed = outcome(AttemptStatus::kProcessCrashed);
  crashed.total = 0;
  rig.report(worker(0), 0, 1, crashed);
  rig.commit();
  EXPECT_EQ(rig.tally().items_failed, 7u);
}

}  // namespace
}  // namespace batchmill::parallel
