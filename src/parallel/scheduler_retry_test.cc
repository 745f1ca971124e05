#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/retry_policy.h"
#include "parallel/scheduler_rig.h"

// parallel-job.md 5.2, 5.3 and 5.7.
namespace batchmill::parallel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

StepRules rules_with(std::uint32_t max_retries, std::uint32_t workers = 1) {
  StepRules rules;
  rules.max_retries = max_retries;
  rules.workers_per_node = workers;
  return rules;
}

std::vector<LeaseRange> leased(const std::vector<Effect>& effects) {
  std::vector<LeaseRange> ranges;
  for (const Lease& lease : of<Lease>(effects)) {
    ranges.insert(ranges.end(), lease.ranges.begin(), lease.ranges.end());
  }
  return ranges;
}

struct StatusCase {
  AttemptStatus status;
  bool charged;
};

class EveryStatus : public testing::TestWithParam<StatusCase> {};

TEST_P(EveryStatus, UsesUpATryOrNot) {
  const StatusCase& param = GetParam();
  Rig rig(rules_with(1));
  rig.plan(1);
  rig.staff(1);
  rig.failed(worker(0), 0, 1, param.status);
  rig.settle();
  EXPECT_FALSE(rig.committed().back().final);
  rig.pass(2s);
  rig.failed(worker(0), 0, 2, param.status);
  rig.settle();
  ASSERT_THAT(rig.committed(), SizeIs(2));
  EXPECT_EQ(rig.committed().back().final, param.charged);
  EXPECT_FALSE(rig.committed().back().rows_count);
  EXPECT_EQ(rig.tally().failed, param.charged ? 1u : 0u);
}

INSTANTIATE_TEST_SUITE_P(Statuses, EveryStatus,
                         testing::Values(StatusCase{AttemptStatus::kRunException, true},
                                         StatusCase{AttemptStatus::kRunTimeout, true},
                                         StatusCase{AttemptStatus::kLoadException, true},
                                         StatusCase{AttemptStatus::kLoadTimeout, true},
                                         StatusCase{AttemptStatus::kProcessCrashed, true},
                                         StatusCase{AttemptStatus::kNodeLost, false},
                                         StatusCase{AttemptStatus::kCanceled, false}));

TEST(Retry, TriesAreMaxRetriesPlusOne) {
  for (const std::uint16_t retries : {0, 1, 3}) {
    Rig rig(rules_with(retries));
    rig.plan(1);
    rig.staff(1);
    for (std::uint16_t n = 1; n <= retries + 1; ++n) {
      EXPECT_EQ(rig.tally().failed, 0u);
      rig.failed(worker(0), 0, n, AttemptStatus::kRunException);
      rig.commit();
    }
    rig.let_workers_exit();
    EXPECT_EQ(rig.tally().failed, 1u);
    EXPECT_EQ(rig.tally().tries, retries + 1u);
    EXPECT_EQ(rig.tally().items_failed, 5u);
    EXPECT_EQ(rig.finish().verdict, Verdict::kCompleted);  // no threshold counts failures
  }
}

TEST(Retry, GoesToTheHeadOfTheQueueOnceItsFailureIsCommitted) {
  Rig rig(rules_with(2));
  rig.plan(100);
  rig.staff(1);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  EXPECT_THAT(leased(rig.settle()), IsEmpty());  // it holds two again
  EXPECT_THAT(leased(rig.done(worker(0), 1)), ElementsAre(LeaseRange{MiniBatchId{0}, 1, 2}));
}

TEST(Retry, AvoidsTheProcessThatFailedForASecond) {
  Rig rig(rules_with(2, 2));
  rig.plan(2);
  rig.staff(2);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  EXPECT_THAT(of<Lease>(rig.settle()), IsEmpty());  // worker 1 is busy, worker 0 is avoided
  EXPECT_THAT(of<Lease>(rig.pass(989ms)), IsEmpty());
  const auto leases = of<Lease>(rig.pass(1s));
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].worker, worker(0));
  EXPECT_THAT(leases[0].ranges, ElementsAre(LeaseRange{MiniBatchId{0}, 1, 2}));
}

TEST(Retry, AnotherProcessTakesItAtOnce) {
  Rig rig(rules_with(2, 2));
  rig.plan(2);
  rig.staff(2);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  rig.settle();
  const auto leases = of<Lease>(rig.done(worker(1), 1));
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].worker, worker(1));
}

TEST(Retry, WithoutAnotherProcessNothingIsAvoided) {
  Rig rig(rules_with(2));
  rig.plan(1);
  rig.staff(1);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  EXPECT_THAT(leased(rig.commit()), ElementsAre(LeaseRange{MiniBatchId{0}, 1, 2}));
}

TEST(Retry, AfterACrashWaitsAndAvoidsTheNode) {
  Rig rig(rules_with(2, 2));
  rig.plan(4);
  rig.join(0);
  rig.join(1);
  for (const std::uint32_t node : {0, 1}) {
    for (const std::uint32_t process : {0, 1}) rig.ready(process, node);
  }
  rig.failed(worker(0, 0), 0, 1, AttemptStatus::kProcessCrashed);
  rig.send(WorkerExited{worker(0, 0)});
  rig.settle();
  EXPECT_THAT(leased(rig.done(worker(1, 0), 1)), IsEmpty());  // the same node
  EXPECT_THAT(leased(rig.done(worker(0, 1), 2)), IsEmpty());  // too early
  const auto leases = of<Lease>(rig.pass(100ms));
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].worker, worker(0, 1));
}

TEST(Retry, DelaysAfterCrashesGrow) {
  History history;
  std::vector<Duration> delays;
  for (int i = 1; i <= 8; ++i) {
    remember(history, AttemptStatus::kProcessCrashed, static_cast<std::uint16_t>(i));
    delays.push_back(retry_delay(AttemptStatus::kProcessCrashed, history));
  }
  EXPECT_THAT(delays, ElementsAre(100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 3200ms, 3200ms));
  EXPECT_EQ(retry_delay(AttemptStatus::kRunException, history), 0ms);
}

TEST(Retry, ShortReturnFailsTheAttemptWhileTheCountCheckIsOn) {
  for (const bool check : {true, false}) {
    StepRules rules = rules_with(1);
    rules.count_check = check;
    Rig rig(rules);
    rig.plan(1);
    rig.staff(1);
    rig.report(worker(0), 0, 1, outcome(AttemptStatus::kRunDone, 3));
    rig.commit();
    ASSERT_THAT(rig.committed(), SizeIs(1));
    EXPECT_EQ(rig.committed()[0].outcome.status,
              check ? AttemptStatus::kRunShort : AttemptStatus::kRunDone);
    EXPECT_EQ(rig.committed()[0].final, !check);
    EXPECT_EQ(rig.committed()[0].rows_count, !check);
    if (!check) {
      EXPECT_EQ(rig.tally().succeeded, 1u);
      EXPECT_EQ(rig.tally().items_failed, 2u);
      continue;
    }
    rig.report(worker(0), 0, 2, outcome(AttemptStatus::kRunDone, 4));
    rig.commit();
    // The last short return fails the mini-batch, but its rows are kept.
    EXPECT_TRUE(rig.committed()[1].final);
    EXPECT_TRUE(rig.committed()[1].rows_count);
    EXPECT_EQ(rig.tally().failed, 1u);
    EXPECT_EQ(rig.tally().items_failed, 1u);
    EXPECT_EQ(rig.tally().items_succeeded, 4u);
    EXPECT_EQ(rig.tally().rows, 4u);
  }
}

TEST(Retry, MoreResultsThanInputsAreASuccess) {
  Rig rig(rules_with(0));
  rig.plan(1);
  rig.staff(1);
  rig.report(worker(0), 0, 1, outcome(AttemptStatus::kRunDone, 9));
  rig.commit();
  EXPECT_EQ(rig.tally().succeeded, 1u);
  EXPECT_EQ(rig.tally().items_succeeded, 5u);
  EXPECT_EQ(rig.tally().items_failed, 0u);
  EXPECT_EQ(rig.tally().rows, 9u);
}

TEST(Retry, QueuedLeasesOfADeadWorkerGoBackUnchargedAndUnrecorded) {
  Rig rig(rules_with(0));
  rig.plan(2);
  rig.staff(1);
  rig.failed(worker(0), 0, 1, AttemptStatus::kProcessCrashed);
  const auto after = rig.send(WorkerExited{worker(0)});
  EXPECT_THAT(of<StartWorker>(after), ElementsAre(testing::Field(&StartWorker::worker, worker(1))));
  rig.settle();
  EXPECT_THAT(rig.committed(), SizeIs(1));
  EXPECT_THAT(leased(rig.ready(1)), ElementsAre(LeaseRange{MiniBatchId{1}, 1, 1}));
}

TEST(Retry, LostNodesAreNotChargedTenTimes) {
  Rig rig(rules_with(0));
  rig.plan(2);
  for (std::uint32_t node = 0; node <= 10; ++node) {
    rig.join(node);
    const auto ranges = leased(rig.ready(0, node));
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

TEST(Retry, ItemsOfALostMiniBatchComeFromThePlan) {
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

TEST(Retry, ALateResultOfASupersededAttemptIsDropped) {
  Rig rig(rules_with(2, 2));
  rig.plan(2);
  rig.staff(2);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  rig.settle();
  rig.done(worker(0), 0, 1);  // waits for its retry: the number is too old
  rig.done(worker(1), 1);     // worker 1 takes the retry
  rig.done(worker(0), 0, 1);  // leased elsewhere
  rig.settle();
  EXPECT_EQ(rig.tally().succeeded, 1u);
  rig.done(worker(1), 0, 2);
  rig.commit();
  EXPECT_EQ(rig.tally().succeeded, 2u);
  EXPECT_THAT(rig.committed(), SizeIs(3));
}

}  // namespace
}  // namespace batchmill::parallel
