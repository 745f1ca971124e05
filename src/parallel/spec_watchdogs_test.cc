#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/scheduler_rig.h"

// parallel-job.md 5.5: the first-task and the progress watchdog.
namespace batchmill::parallel {
namespace {

using ::testing::IsEmpty;

// Both watchdogs bark after 100 s.
StepRules watched(std::uint32_t workers) {
  StepRules rules = rules_for(workers);
  rules.first_task_timeout = rules.progress_timeout = 100s;
  return rules;
}

struct WatchedRig : Rig {
  explicit WatchedRig(std::uint32_t workers = 1) : Rig(watched(workers)) {}
};

TEST(Spec5_5Watchdogs, FirstTaskWhenNoneStartedInTime) {
  WatchedRig rig;
  rig.join();
  rig.ready(0);
  rig.pass(99s);
  EXPECT_FALSE(rig.finished());
  rig.pass(1s);
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kFirstTask);
}

TEST(Spec5_5Watchdogs, FirstTaskIsSatisfiedByAStart) {
  WatchedRig rig;
  rig.join();
  rig.ready(0);
  rig.pass(99s);
  rig.send(PlanGrew{1});
  rig.pass(99s);
  EXPECT_THAT(of<StopWorker>(rig.all()), IsEmpty());
}

TEST(Spec5_5Watchdogs, ProgressIsAnAttemptThatStartedOrEndedAndNoHeartbeat) {
  WatchedRig rig(2);
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
  EXPECT_THAT(of<Revoke>(rig.all()), IsEmpty());
  rig.pass(1s);
  EXPECT_FALSE(of<Revoke>(rig.all()).empty());
  rig.pass(10s);
  EXPECT_FALSE(of<KillAttempt>(rig.all()).empty());
  rig.pass(10s);
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kNoProgress);
}

TEST(Spec5_5Watchdogs, RestWhileTheStepWaitsForCompute) {
  WatchedRig rig;
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

TEST(Spec5_5Watchdogs, RestWhileOnlyCommitsAreMissing) {
  WatchedRig rig;
  rig.plan(1);
  rig.staff(1);
  rig.done(worker(0), 0);
  rig.pass(10min);
  rig.commit();
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().verdict, Verdict::kCompleted);
}

TEST(Spec5_5Watchdogs, AnInitThatFinishedIsProgress) {
  WatchedRig rig(2);
  rig.plan(1);  // one worker is enough; the other starts when the first one dies
  rig.join();
  rig.send(WorkerStarting{worker(0)});
  rig.pass(90s);
  rig.send(WorkerReady{worker(0)});
  rig.send(WorkerBusy{worker(0), 0, true, MiniBatchId{0}, 1s});
  rig.pass(20s);
  EXPECT_THAT(of<Revoke>(rig.all()), IsEmpty());
  rig.pass(80s);
  EXPECT_FALSE(of<Revoke>(rig.all()).empty());
}

TEST(Spec5_5Watchdogs, TheReasonSaysHowLong) {
  WatchedRig rig;
  rig.plan(1);
  rig.staff(1);
  rig.pass(121s);
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kNoProgress);
  EXPECT_EQ(rig.finish().detail, "no progress for 100 s");
}

}  // namespace
}  // namespace batchmill::parallel
