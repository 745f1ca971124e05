#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/scheduler_rig.h"

// What ends the step, and how (parallel-job.md 5.5 and 5.8).
namespace batchmill::parallel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

StepRules rules_for(std::uint32_t workers) {
  StepRules rules;
  rules.workers_per_node = workers;
  return rules;
}

TEST(Ending, CancelGoesStepByStep) {
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

TEST(Ending, AFailureStopsTheSameWay) {
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

TEST(Ending, WorkersThatDoNotStopAreForcedAndThenGivenUp) {
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

TEST(Ending, AWorkerInsideInitIsNotAskedToShutDown) {
  Rig rig(rules_for(1));
  rig.plan(5);
  rig.join();
  rig.send(WorkerStarting{worker(0)});
  const auto stops = of<StopWorker>(rig.send(CancelRequested{}));
  ASSERT_THAT(stops, SizeIs(1));
  EXPECT_FALSE(stops[0].graceful);
}

TEST(Ending, ANodeThatComesBackHearsItAgain) {
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

TEST(Ending, NoNodeIsLeftAndNoneWillCome) {
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

TEST(Ending, ThePlanCannotBeCompleted) {
  Rig rig(rules_for(1));
  rig.send(PlanGrew{1});
  rig.staff(1);
  rig.send(PlanFailed{"permission denied"});
  rig.done(worker(0), 0);
  rig.commit();
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kPlanFailed);
}

TEST(Watchdog, FirstTask) {
  StepRules rules = rules_for(1);
  rules.first_task_timeout = 100s;
  Rig rig(rules);
  rig.join();
  rig.ready(0);
  rig.pass(99s);
  EXPECT_FALSE(rig.finished());
  rig.pass(1s);
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kFirstTask);
}

TEST(Watchdog, FirstTaskIsSatisfiedByAStart) {
  StepRules rules = rules_for(1);
  rules.first_task_timeout = 100s;
  Rig rig(rules);
  rig.join();
  rig.ready(0);
  rig.pass(99s);
  rig.send(PlanGrew{1});
  rig.pass(200s);
  EXPECT_THAT(of<StopWorker>(rig.all()), IsEmpty());
}

TEST(Watchdog, NoProgress) {
  StepRules rules = rules_for(2);
  rules.progress_timeout = 100s;
  Rig rig(rules);
  rig.plan(5);
  rig.staff(2);
  rig.pass(90s);
  rig.done(worker(0), 0);  // an attempt ended
  rig.settle();
  rig.pass(90s);
  rig.send(WorkerBusy{worker(0), 0, true, MiniBatchId{1}, 1s});  // another one started
  rig.pass(90s);
  rig.send(WorkerBusy{worker(0), 0, true, MiniBatchId{1}, 91s});  // a heartbeat is no progress
  EXPECT_THAT(of<KillAttempt>(rig.all()), IsEmpty());
  rig.pass(9s);
  EXPECT_FALSE(of<Revoke>(rig.all()).empty() && rig.finished());
  rig.pass(1s);
  rig.pass(10s);
  EXPECT_FALSE(of<KillAttempt>(rig.all()).empty());
  rig.pass(10s);
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kNoProgress);
}

TEST(Watchdog, RestsWhileThereIsNoNode) {
  StepRules rules = rules_for(1);
  rules.progress_timeout = 100s;
  Rig rig(rules);
  rig.pass(10min);  // no node yet
  rig.plan(5);
  rig.staff(1);
  rig.pass(60s);
  rig.send(NodeLost{NodeId{0}, "gone"});
  rig.commit();
  rig.pass(10min);
  rig.join(1);
  rig.pass(10min);  // its worker waits for a core
  rig.send(WorkerStarting{worker(0, 1)});
  rig.pass(39s);
  EXPECT_THAT(of<StopWorker>(rig.all()), IsEmpty());
  rig.pass(2s);
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kNoProgress);
}

TEST(Watchdog, RestsWhileOnlyCommitsAreMissing) {
  StepRules rules = rules_for(1);
  rules.progress_timeout = 100s;
  Rig rig(rules);
  rig.plan(1);
  rig.staff(1);
  rig.done(worker(0), 0);
  rig.pass(10min);
  rig.commit();
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().verdict, Verdict::kCompleted);
}

}  // namespace
}  // namespace batchmill::parallel
