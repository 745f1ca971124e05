#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/scheduler_rig.h"

namespace batchmill::parallel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(MainPath, OneWorkerRunsEverythingAndTheStepCompletes) {
  Rig rig(rules_for(1));
  rig.plan(3);
  const auto started = of<StartWorker>(rig.join());
  ASSERT_THAT(started, SizeIs(1));
  EXPECT_EQ(started[0].worker, worker(0));
  const auto first = of<Lease>(rig.ready(0));
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_THAT(first[0].ranges, ElementsAre(LeaseRange{MiniBatchId{0}, 2, 1}));

  const auto second = of<Lease>(rig.done(worker(0), 0));
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_THAT(second[0].ranges, ElementsAre(LeaseRange{MiniBatchId{2}, 1, 1}));
  rig.done(worker(0), 1);
  // Nothing else runs after the last result: its group closes at once.
  const auto commits = of<Commit>(rig.done(worker(0), 2));
  ASSERT_THAT(commits, SizeIs(1));
  EXPECT_THAT(commits[0].attempts, SizeIs(3));
  EXPECT_EQ(commits[0].lease_high_water, MiniBatchId{3});

  const auto stops = of<StopWorker>(rig.commit());
  ASSERT_THAT(stops, SizeIs(1));
  EXPECT_TRUE(stops[0].graceful);
  EXPECT_FALSE(rig.finished());
  rig.send(WorkerExited{worker(0), true});
  EXPECT_EQ(rig.finish().verdict, Verdict::kCompleted);
  EXPECT_EQ(rig.tally().succeeded, 3u);
  EXPECT_EQ(rig.tally().items_succeeded, 15u);
  EXPECT_EQ(rig.tally().rows, 15u);
  EXPECT_EQ(rig.scheduler().next_deadline(), kNever);
}

TEST(MainPath, OnlyCommitsMoveTheFigures) {
  Rig rig(rules_for(1));
  rig.plan(2);
  rig.staff(1);
  rig.done(worker(0), 0);
  rig.pass(10ms);
  ASSERT_THAT(rig.unanswered(), SizeIs(1));
  EXPECT_EQ(rig.tally().succeeded, 0u);
  EXPECT_EQ(rig.tally().tries, 0u);
  rig.commit();
  EXPECT_EQ(rig.tally().succeeded, 1u);
  rig.done(worker(0), 1);
  EXPECT_FALSE(rig.finished());
  EXPECT_THAT(of<StopWorker>(rig.all()), IsEmpty());
  rig.commit();
  EXPECT_THAT(of<StopWorker>(rig.all()), SizeIs(1));
}

TEST(MainPath, ACommitGroupClosesAfterTenMilliseconds) {
  Rig rig(rules_for(2));
  rig.plan(100);
  rig.staff(2);
  rig.done(worker(0), 0);
  EXPECT_THAT(of<Commit>(rig.pass(9ms)), IsEmpty());
  rig.done(worker(1), 2);
  const auto commits = of<Commit>(rig.pass(1ms));
  ASSERT_THAT(commits, SizeIs(1));
  EXPECT_THAT(commits[0].attempts, SizeIs(2));
}

TEST(MainPath, ACommitGroupClosesAtFourThousandResults) {
  Rig rig(rules_for(1));
  rig.plan(20000);
  rig.staff(1);
  std::uint64_t next = 0;
  std::vector<Commit> commits;
  while (commits.empty() && next < 5000) commits = of<Commit>(rig.done(worker(0), next++));
  ASSERT_THAT(commits, SizeIs(1));
  EXPECT_THAT(commits[0].attempts, SizeIs(4096));
}

TEST(MainPath, TheStepNeverFinishesBeforeEveryCommitIsAnswered) {
  Rig rig(rules_for(1));
  rig.plan(4);
  rig.staff(1);
  rig.done(worker(0), 0);
  rig.pass(10ms);
  rig.send(CancelRequested{});
  rig.send(LeasesReturned{worker(0), Epoch{1}, {{MiniBatchId{1}, 2, 1}}});
  rig.let_workers_exit();
  EXPECT_FALSE(rig.finished());
  rig.commit();
  EXPECT_EQ(rig.finish().verdict, Verdict::kCanceled);
  EXPECT_EQ(rig.tally().succeeded, 1u);
}

TEST(MainPath, AFailedCommitFailsTheStepByNameAndCountsNothing) {
  Rig rig(rules_for(1));
  rig.plan(4);
  rig.staff(1);
  rig.done(worker(0), 0);
  rig.pass(10ms);
  rig.unanswered().clear();
  const auto effects = rig.send(CommitFailed{1, "no space left on device"});
  EXPECT_THAT(of<Lease>(effects), IsEmpty());
  EXPECT_THAT(of<Revoke>(effects), ElementsAre(testing::Field(&Revoke::keep, 0u)));
  rig.done(worker(0), 1);
  rig.send(LeasesReturned{worker(0), Epoch{1}, {{MiniBatchId{2}, 1, 1}}});
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().verdict, Verdict::kFailed);
  EXPECT_EQ(rig.finish().cause, Cause::kCommitFailed);
  EXPECT_EQ(rig.finish().detail, "no space left on device");
  EXPECT_EQ(rig.tally().succeeded, 0u);
  EXPECT_THAT(of<Commit>(rig.all()), SizeIs(1));
}

}  // namespace
}  // namespace batchmill::parallel
