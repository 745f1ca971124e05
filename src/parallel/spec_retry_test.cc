#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/retry_policy.h"
#include "parallel/scheduler_rig.h"

// parallel-job.md 5.1 and 5.2: the life of an attempt, and what follows when it fails.
namespace batchmill::parallel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// ---- 5.1

TEST(Spec5_1Attempt, AWorkerPicksItAsAttemptOneAndItsResultIsRecorded) {
  Rig rig(rules_with(2));
  rig.plan(1);
  rig.join();
  EXPECT_THAT(ranges_leased(rig.ready(0)), ElementsAre(whole(0, 1)));
  rig.done(worker(0), 0, 1);
  rig.commit();
  ASSERT_THAT(rig.committed(), SizeIs(1));
  const AttemptRecord& record = rig.committed()[0];
  EXPECT_EQ(record.id, rig.attempt(0, 1));
  EXPECT_EQ(record.worker, worker(0));
  EXPECT_EQ(record.outcome.status, AttemptStatus::kRunDone);
}

TEST(Spec5_1Attempt, EachTryHasTheNextNumberWhateverEndedTheLast) {
  Rig rig(rules_with(1));
  rig.plan(1);
  rig.staff(1);
  std::vector<std::uint16_t> numbers;
  for (const AttemptStatus status : {AttemptStatus::kCanceled, AttemptStatus::kRunException,
                                     AttemptStatus::kCanceled, AttemptStatus::kRunDone}) {
    const auto number = static_cast<std::uint16_t>(numbers.size() + 1);
    rig.report(worker(0), 0, number, outcome(status));
    rig.commit();
    numbers.push_back(rig.committed().back().id.number);
  }
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(rig.tally().succeeded, 1u);
}

struct Name {
  AttemptStatus status;
  const char* name;
};

class Spec5_1StatusNames : public testing::TestWithParam<Name> {};

TEST_P(Spec5_1StatusNames, OnlyRunDoneIsASuccess) {
  const auto& [status, name] = GetParam();
  EXPECT_STREQ(status_name(status), name);
  StepRules rules = rules_with(0);
  rules.count_check = false;
  EXPECT_EQ(rule_on(outcome(status), {}, rules).status == AttemptStatus::kRunDone,
            std::string(name) == "RUN_DONE");
}

INSTANTIATE_TEST_SUITE_P(Names, Spec5_1StatusNames,
                         testing::Values(Name{AttemptStatus::kRunDone, "RUN_DONE"},
                                         Name{AttemptStatus::kRunException, "RUN_EXCEPTION"},
                                         Name{AttemptStatus::kRunTimeout, "RUN_TIMEOUT"},
                                         Name{AttemptStatus::kRunShort, "RUN_SHORT"},
                                         Name{AttemptStatus::kLoadException, "LOAD_EXCEPTION"},
                                         Name{AttemptStatus::kLoadTimeout, "LOAD_TIMEOUT"},
                                         Name{AttemptStatus::kProcessCrashed, "PROCESS_CRASHED"},
                                         Name{AttemptStatus::kNodeLost, "NODE_LOST"},
                                         Name{AttemptStatus::kCanceled, "CANCELED"}));

// ---- 5.2, the table

struct Row {
  const char* name;
  AttemptStatus status;
  bool charged;
  bool costs_the_process;
  Duration delay;  // before the next try
};

std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

class Spec5_2Retry : public testing::TestWithParam<Row> {};

TEST_P(Spec5_2Retry, TheWholeMiniBatchRunsAgainUntilItsTriesAreUsedUp) {
  const Row& row = GetParam();
  Rig rig(rules_with(1));
  rig.plan(1);
  rig.join(0);
  rig.join(1);
  rig.ready(0, 0);

  std::uint32_t process = 0;
  for (const std::uint16_t number : {1, 2}) {
    rig.failed(worker(process), 0, number, row.status);
    if (row.costs_the_process) {
      const auto after = rig.send(WorkerExited{worker(process)});
      rig.commit();
      EXPECT_THAT(of<StopWorker>(after), IsEmpty()) << "it is gone already";
    } else {
      rig.commit();
    }
    const AttemptRecord& record = rig.committed().back();
    EXPECT_EQ(record.id, rig.attempt(0, number));
    EXPECT_EQ(record.outcome.status, row.status);
    EXPECT_FALSE(record.rows_count);
    const bool last = row.charged && number == 2;
    EXPECT_EQ(record.final, last);
    if (last) break;
    std::vector<LeaseRange> again = ranges_leased(rig.all());
    if (row.costs_the_process) {
      ++process;
      EXPECT_EQ(of<StartWorker>(rig.all()).back().worker, worker(process)) << "the next processNNN";
      const auto at_once = ranges_leased(rig.ready(process));
      EXPECT_EQ(at_once.empty(), row.delay > 0ms);
      again = at_once.empty() ? ranges_leased(rig.pass(row.delay)) : at_once;
      ASSERT_THAT(again, SizeIs(1));
    }
    EXPECT_EQ(again.back(), whole(0, static_cast<std::uint16_t>(number + 1)));
  }
  EXPECT_EQ(rig.tally().failed, row.charged ? 1u : 0u);
  EXPECT_EQ(rig.tally().items_failed, row.charged ? 5u : 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Spec5_2Retry,
    testing::Values(
        Row{"exception in run(), a null return", AttemptStatus::kRunException, true, false, 0ms},
        Row{"exception while loading", AttemptStatus::kLoadException, true, false, 0ms},
        Row{"longer than timeout", AttemptStatus::kRunTimeout, true, true, 0ms},
        Row{"loading longer than the overhead", AttemptStatus::kLoadTimeout, true, true, 0ms},
        Row{"the process dies", AttemptStatus::kProcessCrashed, true, true, 100ms},
        Row{"the attempt is cancelled", AttemptStatus::kCanceled, false, true, 0ms}));

TEST(Spec5_2Retries, TriesAreMaxRetriesPlusOne) {
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

TEST(Spec5_2Retries, WhenTheyAreExhaustedItIsNeverPickedAgain) {
  Rig rig(rules_with(0));
  rig.plan(3);
  rig.staff(1);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  rig.settle();
  rig.done(worker(0), 1);
  rig.done(worker(0), 2);
  rig.commit();
  rig.let_workers_exit();
  EXPECT_TRUE(rig.finished());
  for (const LeaseRange& range : ranges_leased(rig.all())) EXPECT_EQ(range.attempt, 1);
}

TEST(Spec5_2Retries, ASuccessAfterAFailureIsASuccess) {
  Rig rig(rules_with(1));
  rig.plan(1);
  rig.staff(1);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  rig.commit();
  rig.done(worker(0), 0, 2);
  rig.commit();
  EXPECT_EQ(rig.tally().succeeded, 1u);
  EXPECT_EQ(rig.tally().failed, 0u);
  EXPECT_EQ(rig.tally().items_failed, 0u);
  EXPECT_EQ(rig.tally().rows, 5u);
}

TEST(Spec5_2Retries, GoToTheHeadOfTheQueueOnceTheFailureIsCommitted) {
  Rig rig(rules_with(2));
  rig.plan(100);
  rig.staff(1);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  EXPECT_THAT(ranges_leased(rig.settle()), IsEmpty());  // it holds two again
  EXPECT_THAT(ranges_leased(rig.done(worker(0), 1)), ElementsAre(whole(0, 2)));
}

// ---- 5.2, where a retry runs, and when

TEST(Spec5_2WhereRetriesRun, TheProcessThatFailedIsAvoidedForASecond) {
  Rig rig(rules_with(2, 2));
  rig.plan(2);
  rig.staff(2);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  EXPECT_THAT(of<Lease>(rig.settle()), IsEmpty());  // worker 1 is busy, worker 0 is avoided
  EXPECT_THAT(of<Lease>(rig.pass(989ms)), IsEmpty());
  const auto leases = of<Lease>(rig.pass(1s));
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].worker, worker(0));
  EXPECT_THAT(leases[0].ranges, ElementsAre(whole(0, 2)));
}

TEST(Spec5_2WhereRetriesRun, AnotherProcessTakesItAtOnce) {
  Rig rig(rules_with(2, 2));
  rig.plan(2);
  rig.staff(2);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  rig.settle();
  const auto leases = of<Lease>(rig.done(worker(1), 1));
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].worker, worker(1));
}

TEST(Spec5_2WhereRetriesRun, WithoutAnotherProcessNothingIsAvoided) {
  Rig rig(rules_with(2));
  rig.plan(1);
  rig.staff(1);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  EXPECT_THAT(ranges_leased(rig.commit()), ElementsAre(whole(0, 2)));
}

TEST(Spec5_2WhereRetriesRun, AfterACrashTheyWaitAndAvoidTheNode) {
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
  EXPECT_THAT(ranges_leased(rig.done(worker(1, 0), 1)), IsEmpty());  // the same node
  EXPECT_THAT(ranges_leased(rig.done(worker(0, 1), 2)), IsEmpty());  // too early
  const auto leases = of<Lease>(rig.pass(100ms));
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].worker, worker(0, 1));
}

TEST(Spec5_2WhereRetriesRun, DelaysGrowAfterCrashesAloneAndStayShort) {
  History history;
  std::vector<Duration> delays;
  for (int i = 1; i <= 8; ++i) {
    remember(history, AttemptStatus::kProcessCrashed, static_cast<std::uint16_t>(i));
    delays.push_back(retry_delay(AttemptStatus::kProcessCrashed, history));
  }
  EXPECT_THAT(delays, ElementsAre(100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 3200ms, 3200ms));
  EXPECT_EQ(retry_delay(AttemptStatus::kRunException, history), 0ms);
}

TEST(Spec5_2WhereRetriesRun, QueuedLeasesOfADeadWorkerGoBackUnchargedAndUnrecorded) {
  Rig rig(rules_with(0));
  rig.plan(2);
  rig.staff(1);
  rig.failed(worker(0), 0, 1, AttemptStatus::kProcessCrashed);
  const auto after = rig.send(WorkerExited{worker(0)});
  EXPECT_THAT(of<StartWorker>(after), ElementsAre(testing::Field(&StartWorker::worker, worker(1))));
  rig.settle();
  EXPECT_THAT(rig.committed(), SizeIs(1));
  EXPECT_THAT(ranges_leased(rig.ready(1)), ElementsAre(whole(1, 1)));
}

}  // namespace
}  // namespace batchmill::parallel
