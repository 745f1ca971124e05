#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/scheduler_rig.h"

// A new leader starts from the ledger (design.md section 5).
namespace batchmill::parallel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

AttemptRecord record(std::uint64_t mini_batch, std::uint16_t number, AttemptStatus status,
                     bool final, std::uint32_t process = 0) {
  AttemptRecord made;
  made.id = {MiniBatchId{mini_batch}, Epoch{1}, number};
  made.worker = worker(process);
  made.outcome = outcome(status);
  made.final = final;
  made.rows_count = final && status == AttemptStatus::kRunDone;
  return made;
}

AttemptId old(std::uint64_t mini_batch, std::uint16_t number = 1) {
  return {MiniBatchId{mini_batch}, Epoch{1}, number};
}

TEST(Recovery, WhatWasCommittedIsDone) {
  Rig rig({}, 2);
  for (std::uint64_t i = 0; i < 3; ++i) {
    rig.scheduler().recover(record(i, 1, AttemptStatus::kRunDone, true));
  }
  rig.scheduler().recovered(MiniBatchId{3}, rig.now());
  EXPECT_EQ(rig.tally().succeeded, 3u);
  EXPECT_EQ(rig.tally().rows, 15u);
  rig.plan(3);  // nothing is left: no worker is needed
  EXPECT_EQ(rig.finish().verdict, Verdict::kCompleted);
  EXPECT_THAT(of<StartWorker>(rig.all()), IsEmpty());
}

TEST(Recovery, NewWorkStartsAboveTheHighWaterMarkWhileTheRestWaits) {
  Rig rig({}, 2);
  rig.scheduler().recover(record(0, 1, AttemptStatus::kRunDone, true));
  rig.scheduler().recovered(MiniBatchId{4}, rig.now());
  rig.plan(20);
  rig.join(1);  // another one may still come
  EXPECT_THAT(ranges_leased(rig.ready(0, 1)), ElementsAre(LeaseRange{MiniBatchId{4}, 2, 1}));
  rig.done(worker(0, 1), 4);
  rig.pass(59s);
  // After a minute nobody is waited for.
  rig.pass(1s);
  EXPECT_THAT(ranges_leased(rig.done(worker(0, 1), 5)),
              ElementsAre(LeaseRange{MiniBatchId{1}, 1, 1}));
}

TEST(Recovery, WhenAllNodesAreBackTheRestGoesBackAfterAMoment) {
  Rig rig({}, 2);
  rig.scheduler().recovered(MiniBatchId{4}, rig.now());
  rig.plan(4);
  rig.join(1);
  rig.ready(0, 1);
  rig.pass(10s);
  rig.send(AllNodesBack{});
  EXPECT_THAT(ranges_leased(rig.pass(249ms)), IsEmpty());
  EXPECT_THAT(ranges_leased(rig.all()), IsEmpty());
  EXPECT_THAT(ranges_leased(rig.pass(1ms)), ElementsAre(LeaseRange{MiniBatchId{0}, 2, 1}));
}

TEST(Recovery, AWarmWorkerKeepsItsLeasesAndItsResultsCount) {
  Rig rig({}, 2);
  rig.scheduler().recover(record(0, 1, AttemptStatus::kRunDone, true));
  rig.scheduler().recovered(MiniBatchId{3}, rig.now());
  rig.plan(4);
  AdoptedWorker adopted{worker(5), true, {{MiniBatchId{1}, 2, 1}}, Epoch{1}};
  const auto effects = rig.send(NodeJoined{NodeId{0}, {adopted}});
  EXPECT_THAT(of<StartWorker>(effects), IsEmpty());
  EXPECT_THAT(
      ranges_leased(rig.send(AttemptFinished{worker(5), old(1), outcome(AttemptStatus::kRunDone)})),
      ElementsAre(LeaseRange{MiniBatchId{3}, 1, 1}));
  rig.send(AttemptFinished{worker(5), old(2), outcome(AttemptStatus::kRunDone)});
  rig.done(worker(5), 3);
  rig.commit();
  rig.let_workers_exit();
  EXPECT_EQ(rig.tally().succeeded, 4u);
  EXPECT_EQ(rig.finish().verdict, Verdict::kCompleted);
}

TEST(Recovery, LeasesAboveTheMarkAreAdoptedToo) {
  Rig rig({}, 2);
  rig.scheduler().recovered(MiniBatchId{0}, rig.now());
  rig.send(PlanGrew{10});
  AdoptedWorker adopted{worker(0), true, {{MiniBatchId{2}, 2, 1}}, Epoch{1}};
  rig.send(NodeJoined{NodeId{0}, {adopted}});
  rig.send(AttemptFinished{worker(0), old(2), outcome(AttemptStatus::kRunDone)});
  EXPECT_THAT(ranges_leased(rig.all()), ElementsAre(LeaseRange{MiniBatchId{0}, 1, 1}));
  rig.send(AttemptFinished{worker(0), old(3), outcome(AttemptStatus::kRunDone)});
  rig.settle();
  EXPECT_EQ(rig.tally().succeeded, 2u);
  EXPECT_THAT(ranges_leased(rig.done(worker(0), 0)), ElementsAre(LeaseRange{MiniBatchId{4}, 1, 1}));
}

TEST(Recovery, NumbersOfProcessesAreNotUsedAgain) {
  StepRules rules;
  rules.workers_per_node = 3;
  Rig rig(rules, 2);
  rig.scheduler().recover(record(0, 1, AttemptStatus::kRunDone, true, 6));
  rig.scheduler().recovered(MiniBatchId{1}, rig.now());
  rig.plan(50);
  AdoptedWorker adopted{worker(4), true, {}, Epoch{1}};
  const auto started = of<StartWorker>(rig.send(NodeJoined{NodeId{0}, {adopted}}));
  ASSERT_THAT(started, SizeIs(2));
  EXPECT_EQ(started[0].worker, worker(7));
  EXPECT_EQ(started[1].worker, worker(8));
}

TEST(Recovery, TriesOfEarlierLivesAreUsedUp) {
  StepRules rules;
  rules.max_retries = 1;
  Rig rig(rules, 2);
  rig.scheduler().recover(record(0, 1, AttemptStatus::kRunException, false));
  rig.scheduler().recovered(MiniBatchId{1}, rig.now());
  rig.plan(1);
  rig.join(1);
  rig.send(AllNodesBack{});
  rig.pass(1s);
  EXPECT_THAT(ranges_leased(rig.ready(0, 1)), ElementsAre(LeaseRange{MiniBatchId{0}, 1, 2}));
  rig.failed(worker(0, 1), 0, 2, AttemptStatus::kRunException);
  rig.commit();
  EXPECT_EQ(rig.tally().failed, 1u);
}

TEST(Recovery, ForgottenFailuresGetFreshTries) {
  StepRules rules;
  rules.max_retries = 1;
  Rig rig(rules, 2);
  for (const std::uint16_t number : {1, 2}) {
    AttemptRecord failure = record(0, number, AttemptStatus::kRunException, false);
    failure.forgotten = true;
    rig.scheduler().recover(failure);
  }
  rig.scheduler().recovered(MiniBatchId{1}, rig.now());
  rig.plan(1);
  rig.join(1);
  rig.send(AllNodesBack{});
  rig.pass(1s);
  EXPECT_THAT(ranges_leased(rig.ready(0, 1)), ElementsAre(LeaseRange{MiniBatchId{0}, 1, 3}));
  rig.failed(worker(0, 1), 0, 3, AttemptStatus::kRunException);
  rig.commit();
  EXPECT_EQ(rig.tally().failed, 0u);
  rig.done(worker(0, 1), 0, 4);
  rig.commit();
  EXPECT_EQ(rig.tally().succeeded, 1u);
}

TEST(Recovery, AResultThatWasCommittedBeforeTheRestartIsDroppedWhenItIsReplayed) {
  Rig rig({}, 2);
  rig.scheduler().recover(record(0, 1, AttemptStatus::kRunException, false));
  rig.scheduler().recover(record(1, 1, AttemptStatus::kRunDone, true));
  rig.scheduler().recovered(MiniBatchId{2}, rig.now());
  rig.plan(2);
  rig.send(NodeJoined{NodeId{0}, {AdoptedWorker{worker(0), true, {}, Epoch{1}}}});
  rig.send(AttemptFinished{worker(0), old(0), outcome(AttemptStatus::kRunException)});
  rig.send(AttemptFinished{worker(0), old(1), outcome(AttemptStatus::kRunDone)});
  rig.settle();
  EXPECT_THAT(rig.committed(), IsEmpty());
}

TEST(Recovery, AnOldSuccessIsTakenEvenWhenTheMiniBatchWasLeasedAgain) {
  Rig rig({}, 2);
  rig.scheduler().recovered(MiniBatchId{0}, rig.now());
  rig.plan(1);
  rig.staff(1, 1);  // holds mini-batch 0 now
  rig.send(AttemptFinished{worker(3), old(0), outcome(AttemptStatus::kRunDone)});
  rig.commit();
  EXPECT_EQ(rig.tally().succeeded, 1u);
  rig.done(worker(0, 1), 0);
  rig.let_workers_exit();
  EXPECT_THAT(rig.committed(), SizeIs(1));
  EXPECT_EQ(rig.finish().verdict, Verdict::kCompleted);
}

TEST(Recovery, AnOldFailureOfAMiniBatchThatWasLeasedAgainIsDropped) {
  Rig rig({}, 2);
  rig.scheduler().recovered(MiniBatchId{0}, rig.now());
  rig.plan(1);
  rig.staff(1, 1);
  rig.send(AttemptFinished{worker(3), old(0), outcome(AttemptStatus::kRunException)});
  rig.pass(20ms);
  EXPECT_THAT(of<Commit>(rig.all()), IsEmpty());
}

TEST(Recovery, AThresholdThatWasExceededBeforeTheRestartStillEndsTheStep) {
  StepRules rules;
  rules.mini_batch_error_threshold = 0;
  Rig rig(rules, 2);
  rig.scheduler().recover(record(0, 3, AttemptStatus::kRunException, true));
  rig.scheduler().recovered(MiniBatchId{1}, rig.now());
  rig.plan(9);
  EXPECT_EQ(rig.finish().cause, Cause::kMiniBatchThreshold);
}

TEST(Recovery, AfterAReconnectionWorkersThatAreNotNamedAreReplaced) {
  StepRules rules;
  rules.workers_per_node = 2;
  Rig rig(rules);
  rig.plan(50);
  rig.staff(2);
  AdoptedWorker kept{worker(1), true, {{MiniBatchId{2}, 1, 1}}, Epoch{1}};
  const auto started = of<StartWorker>(rig.send(NodeJoined{NodeId{0}, {kept}}));
  ASSERT_THAT(started, SizeIs(1));
  EXPECT_EQ(started[0].worker, worker(2));
  // A result of the one that is gone may still be replayed; the rest goes back.
  rig.done(worker(0), 0);
  rig.pass(250ms);
  rig.commit();
  EXPECT_EQ(rig.tally().succeeded, 1u);
  EXPECT_THAT(ranges_leased(rig.ready(2)),
              ElementsAre(LeaseRange{MiniBatchId{1}, 1, 1}, LeaseRange{MiniBatchId{3}, 1, 1}));
}

}  // namespace
}  // namespace batchmill::parallel
