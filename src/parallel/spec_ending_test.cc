#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/scheduler_rig.h"

// parallel-job.md 5.8: what ends the step, and how.
namespace batchmill::parallel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Spec5_8Abort, CancelGoesStepByStep) {
  Rig rig(rules_for(2));
  rig.plan(50);
  rig.staff(2);  // 0 and 1, 2 and 3

  const auto at_once = rig.send(CancelRequested{});
  EXPECT_THAT(of<Revoke>(at_once), SizeIs(2));
  EXPECT_THAT(at_once, SizeIs(2));  // nothing else yet
  rig.send(LeasesReturned{worker(0), Epoch{1}, {{MiniBatchId{1}, 1, 1}}});
  rig.send(LeasesReturned{worker(1), Epoch{1}, {{MiniBatchId{3}, 1, 1}}});

  // Running attempts may end for ten seconds, and then count.
  rig.pass(5s);
  EXPECT_THAT(of<Lease>(rig.done(worker(0), 0)), IsEmpty());
  rig.pass(4s);
  EXPECT_THAT(of<KillAttempt>(rig.all()), IsEmpty());
  const auto kills = of<KillAttempt>(rig.pass(1s));
  ASSERT_THAT(kills, SizeIs(1));
  EXPECT_EQ(kills[0].worker, worker(1));
  EXPECT_EQ(kills[0].mini_batch, MiniBatchId{2});
  EXPECT_EQ(kills[0].status, AttemptStatus::kCanceled);
  EXPECT_THAT(of<StopWorker>(rig.all()), IsEmpty());

  rig.failed(worker(1), 2, 1, AttemptStatus::kCanceled);
  const auto stops = of<StopWorker>(rig.all());
  ASSERT_THAT(stops, SizeIs(2));
  EXPECT_TRUE(stops[0].graceful);
  rig.let_workers_exit();
  rig.commit();
  EXPECT_EQ(rig.finish().verdict, Verdict::kCanceled);
  EXPECT_EQ(rig.tally().succeeded, 1u);
  EXPECT_EQ(rig.tally().failed, 0u);
  EXPECT_TRUE(std::holds_alternative<Finish>(rig.all().back()));
}

TEST(Spec5_8Abort, AFailureStopsTheSameWay) {
  StepRules rules = rules_for(2);
  rules.mini_batch_error_threshold = 0;
  rules.max_retries = 0;
  Rig rig(rules);
  rig.plan(50);
  rig.staff(2);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  rig.settle();
  EXPECT_THAT(of<Revoke>(rig.all()), SizeIs(2));
  rig.send(CancelRequested{});  // too late to change the verdict
  rig.send(LeasesReturned{worker(0), Epoch{1}, {{MiniBatchId{4}, 1, 1}}});
  rig.done(worker(0), 1);
  rig.done(worker(1), 2);
  rig.done(worker(1), 3);
  rig.commit();
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().verdict, Verdict::kFailed);
  EXPECT_EQ(rig.finish().cause, Cause::kMiniBatchThreshold);
  EXPECT_EQ(rig.tally().succeeded, 3u);  // what ended is committed
}

TEST(Spec5_8Abort, WorkersThatDoNotStopAreForcedAndThenGivenUp) {
  Rig rig(rules_for(1));
  rig.plan(1);
  rig.staff(1);
  rig.done(worker(0), 0);
  rig.commit();
  rig.pass(59s);
  EXPECT_THAT(of<StopWorker>(rig.all()), SizeIs(1));
  rig.pass(1s);
  const auto stops = of<StopWorker>(rig.all());
  ASSERT_THAT(stops, SizeIs(2));
  EXPECT_FALSE(stops[1].graceful);
  rig.pass(10s);
  EXPECT_EQ(rig.finish().verdict, Verdict::kCompleted);
}

TEST(Spec5_8Abort, AWorkerInsideInitIsNotAskedToShutDown) {
  Rig rig(rules_for(1));
  rig.plan(5);
  rig.join();
  rig.send(WorkerStarting{worker(0)});
  const auto stops = of<StopWorker>(rig.send(CancelRequested{}));
  ASSERT_THAT(stops, SizeIs(1));
  EXPECT_FALSE(stops[0].graceful);
}

TEST(Spec5_8Abort, ANodeThatComesBackHearsItAgain) {
  Rig rig(rules_for(1));
  rig.plan(5);
  rig.staff(1);
  rig.send(CancelRequested{});
  AdoptedWorker kept{worker(0), true, {{MiniBatchId{0}, 2, 1}}, Epoch{1}};
  EXPECT_THAT(of<Revoke>(rig.send(NodeJoined{NodeId{0}, {kept}})), SizeIs(1));
  rig.done(worker(0), 0);
  rig.done(worker(0), 1);
  rig.commit();
  EXPECT_THAT(of<StopWorker>(rig.all()), SizeIs(1));
  kept.leases.clear();
  EXPECT_THAT(of<StopWorker>(rig.send(NodeJoined{NodeId{0}, {kept}})), SizeIs(1));
}

TEST(Spec5_8Ending, NoNodeIsLeftAndNoneWillCome) {
  Rig rig(rules_for(1));
  rig.plan(5);
  rig.staff(1);
  rig.send(NodeLost{NodeId{0}, "gone"});
  rig.pass(10min);
  EXPECT_FALSE(rig.finished());
  rig.send(NoNodesLeft{"the agent cannot be started"});
  rig.commit();
  EXPECT_EQ(rig.finish().cause, Cause::kAllNodesLost);
  EXPECT_EQ(rig.finish().detail, "the agent cannot be started");
}

TEST(Spec5_8Ending, ThePlanCannotBeCompleted) {
  Rig rig(rules_for(1));
  rig.send(PlanGrew{1});
  rig.staff(1);
  rig.send(PlanFailed{"permission denied"});
  rig.done(worker(0), 0);
  rig.commit();
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kPlanFailed);
}

TEST(Spec5_8Ending, EmptyInputFailsUnlessItIsAllowed) {
  for (const bool allowed : {false, true}) {
    StepRules rules = rules_for(2);
    rules.allow_empty_input = allowed;
    rules.expects_rows = true;
    Rig rig(rules);
    rig.join();
    rig.plan(0);
    rig.let_workers_exit();
    EXPECT_EQ(rig.finish().verdict, allowed ? Verdict::kCompleted : Verdict::kFailed);
    EXPECT_EQ(rig.finish().cause, allowed ? Cause::kNone : Cause::kEmptyInput);
  }
}

TEST(Spec5_8Ending, NotOneRowInTheWholeJobWhileRowsAreAppended) {
  for (const bool expected : {false, true}) {
    StepRules rules = rules_for(1);
    rules.expects_rows = expected;
    rules.count_check = false;
    Rig rig(rules);
    rig.plan(1);
    rig.staff(1);
    rig.report(worker(0), 0, 1, outcome(AttemptStatus::kRunDone, 0));
    rig.commit();
    rig.let_workers_exit();
    EXPECT_EQ(rig.finish().verdict, expected ? Verdict::kFailed : Verdict::kCompleted);
    EXPECT_EQ(rig.finish().cause, expected ? Cause::kNoRows : Cause::kNone);
  }
}

TEST(Spec5_8Ending, NoRowIsAFailureWhateverTheThresholdsAllow) {
  StepRules rules = rules_with(0);
  rules.expects_rows = true;
  Rig rig(rules);
  rig.plan(2);
  rig.staff(1);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  rig.failed(worker(0), 1, 1, AttemptStatus::kRunException);
  rig.commit();
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kNoRows);
}

TEST(Spec5_8Ending, OneRowOfAShortReturnIsEnough) {
  StepRules rules = rules_with(0);
  rules.expects_rows = true;
  Rig rig(rules);
  rig.plan(1);
  rig.staff(1);
  rig.report(worker(0), 0, 1, outcome(AttemptStatus::kRunDone, 1));
  rig.commit();
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().verdict, Verdict::kCompleted);
}

TEST(Spec5_8Ending, CompletedWhenEveryMiniBatchIsFinishedAndNoThresholdIsExceeded) {
  Rig rig(rules_with(0));  // the defaults ignore every failure
  rig.plan(4);
  rig.staff(1);
  for (std::uint64_t i = 0; i < 3; ++i) {
    rig.failed(worker(0), i, 1, AttemptStatus::kRunException);
    rig.settle();
    EXPECT_FALSE(rig.finished());
  }
  rig.done(worker(0), 3);
  rig.commit();
  EXPECT_FALSE(rig.finished()) << "its worker shuts down first";
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().verdict, Verdict::kCompleted);
  EXPECT_EQ(rig.tally().failed, 3u);
}

}  // namespace
}  // namespace batchmill::parallel
