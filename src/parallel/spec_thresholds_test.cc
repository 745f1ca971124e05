#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/scheduler_rig.h"
#include "parallel/thresholds.h"

// parallel-job.md 5.4: strictly greater than; they act together; -1 (100) disables.
namespace batchmill::parallel {
namespace {

struct Case {
  const char* name;
  std::int64_t items, mini_batches;
  double percent;
  bool complete;
  std::uint64_t failed, items_failed, total;
  Cause expected;
};

class Spec5_4Thresholds : public testing::TestWithParam<Case> {};

TEST_P(Spec5_4Thresholds, FireWhenExceeded) {
  const Case& c = GetParam();
  StepRules rules;
  rules.error_threshold = c.items;
  rules.mini_batch_error_threshold = c.mini_batches;
  rules.allowed_failed_percent = c.percent;
  Tally tally;
  tally.mini_batches_known = c.complete;
  tally.mini_batches = c.total;
  tally.failed = c.failed;
  tally.items_failed = c.items_failed;
  const auto found = exceeded_threshold(rules, tally);
  EXPECT_EQ(found ? found->cause : Cause::kNone, c.expected) << c.name;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Spec5_4Thresholds,
    testing::Values(
        Case{"all off", -1, -1, 100, true, 400, 2000, 400, Cause::kNone},
        Case{"items at the limit", 60, -1, 100, true, 12, 60, 400, Cause::kNone},
        Case{"items over", 60, -1, 100, false, 12, 61, 400, Cause::kItemThreshold},
        Case{"no item tolerated", 0, -1, 100, false, 0, 1, 400, Cause::kItemThreshold},
        Case{"mini-batches at the limit", -1, 10, 100, false, 10, 50, 400, Cause::kNone},
        Case{"mini-batches over", -1, 10, 100, false, 11, 55, 400, Cause::kMiniBatchThreshold},
        Case{"none tolerated", -1, 0, 100, false, 1, 5, 400, Cause::kMiniBatchThreshold},
        Case{"percent before the plan is complete", -1, -1, 10, false, 9, 45, 10, Cause::kNone},
        Case{"percent at the limit", -1, -1, 10, true, 40, 200, 400, Cause::kNone},
        Case{"percent over", -1, -1, 10, true, 41, 205, 400, Cause::kPercentThreshold},
        Case{"a fraction of a percent", -1, -1, 0.5, true, 2, 10, 400, Cause::kNone},
        Case{"over a fraction", -1, -1, 0.5, true, 3, 15, 400, Cause::kPercentThreshold},
        Case{"zero percent", -1, -1, 0, true, 1, 5, 400, Cause::kPercentThreshold},
        Case{"together", 1000, 10, 1, true, 11, 55, 400, Cause::kMiniBatchThreshold}));

TEST(Spec5_4WhenChecked, MiniBatchesThatOnlyWaitForARetryAreNotCounted) {
  StepRules rules;
  rules.mini_batch_error_threshold = 0;
  rules.max_retries = 1;
  Rig rig(rules);
  rig.plan(2);
  rig.staff(1);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  rig.settle();
  rig.done(worker(0), 1);
  EXPECT_EQ(rig.tally().failed, 0u);
  rig.failed(worker(0), 0, 2, AttemptStatus::kRunException);
  EXPECT_TRUE(of<StopWorker>(rig.all()).empty());  // reported, not committed
  rig.commit();
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kMiniBatchThreshold);
}

TEST(Spec5_4WhenChecked, PercentOnlyOnceThePlanIsComplete) {
  StepRules rules;
  rules.allowed_failed_percent = 20;
  rules.max_retries = 0;
  Rig rig(rules);
  rig.send(PlanGrew{4});
  rig.staff(1);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  rig.settle();
  EXPECT_TRUE(of<Revoke>(rig.all()).empty());
  rig.send(PlanComplete{4, 20});
  EXPECT_FALSE(of<Revoke>(rig.all()).empty());
  rig.done(worker(0), 1);
  rig.send(LeasesReturned{worker(0), Epoch{1}, {{MiniBatchId{2}, 1, 1}}});
  rig.commit();
  rig.let_workers_exit();
  rig.commit();
  EXPECT_EQ(rig.finish().cause, Cause::kPercentThreshold);
}

// A percentage in hundredths and a number of mini-batches that make a whole number of failures: so
// many are allowed, and one more is not.
TEST(Spec5_4Percent, IsExceededByOneMoreThanItAllowsAndNotByRounding) {
  for (const std::uint64_t mini_batches : {100u, 1000u, 10000u, 200000u, 100000000u}) {
    for (std::uint64_t hundredths = 0; hundredths < 10000; ++hundredths) {
      if (hundredths * mini_batches % 10000 != 0) continue;
      StepRules rules;
      rules.allowed_failed_percent = static_cast<double>(hundredths) / 100;
      Tally tally;
      tally.mini_batches = mini_batches;
      tally.mini_batches_known = true;
      tally.failed = hundredths * mini_batches / 10000;
      ASSERT_FALSE(exceeded_threshold(rules, tally)) << hundredths << " of " << mini_batches;
      ++tally.failed;
      ASSERT_TRUE(exceeded_threshold(rules, tally)) << hundredths << " of " << mini_batches;
    }
  }
}

TEST(Spec5_4Items, OfShortReturnsCountEvenWithoutTheCountCheck) {
  StepRules rules;
  rules.error_threshold = 2;
  rules.count_check = false;
  Rig rig(rules);
  rig.plan(2);
  rig.staff(1);
  rig.report(worker(0), 0, 1, outcome(AttemptStatus::kRunDone, 3));
  rig.settle();
  EXPECT_EQ(rig.tally().items_failed, 2u);
  rig.report(worker(0), 1, 1, outcome(AttemptStatus::kRunDone, 4));
  rig.commit();
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kItemThreshold);
}

TEST(Spec5_4WhenChecked, ItemsOnEveryFinishedMiniBatchAndNotBefore) {
  StepRules rules = rules_with(1);
  rules.error_threshold = 4;
  Rig rig(rules);
  rig.send(PlanGrew{4});  // the plan need not be complete
  rig.staff(1);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);  // five items, but there is a try left
  rig.settle();
  rig.done(worker(0), 1);
  rig.settle();
  EXPECT_TRUE(of<Revoke>(rig.all()).empty());
  rig.failed(worker(0), 0, 2, AttemptStatus::kRunException);
  rig.settle();
  EXPECT_FALSE(of<Revoke>(rig.all()).empty());
  rig.done(worker(0), 2);
  rig.done(worker(0), 3);
  rig.settle();
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kItemThreshold);
}

TEST(Spec5_4WhenChecked, ReportedButNotCommittedFailuresMoveNothing) {
  StepRules rules = rules_with(0);
  rules.mini_batch_error_threshold = 0;
  Rig rig(rules);
  rig.plan(9);
  rig.staff(1);
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  rig.pass(10ms);
  ASSERT_FALSE(rig.unanswered().empty());
  EXPECT_TRUE(of<Revoke>(rig.all()).empty());
  rig.commit();
  EXPECT_FALSE(of<Revoke>(rig.all()).empty());
}

// How the items of a finally failed mini-batch of five count, by its last two attempts.
TEST(Spec5_4Items, AreCountedByTheLastAttempt) {
  struct Pair {
    Outcome first, last;
    std::uint64_t failed;
  };
  const Outcome raised = outcome(AttemptStatus::kRunException);
  const auto returned = [](std::uint32_t n) { return outcome(AttemptStatus::kRunDone, n); };
  for (const Pair& c :
       {Pair{raised, raised, 5}, Pair{raised, returned(3), 2}, Pair{returned(3), raised, 5},
        Pair{returned(1), returned(4), 1}, Pair{raised, outcome(AttemptStatus::kProcessCrashed), 5},
        Pair{raised, outcome(AttemptStatus::kLoadTimeout), 5}, Pair{returned(0), returned(5), 0}}) {
    Rig rig(rules_with(1));
    rig.plan(1);
    rig.staff(1);
    rig.report(worker(0), 0, 1, c.first);
    rig.commit();
    rig.report(worker(0), 0, 2, c.last);
    rig.commit();
    EXPECT_EQ(rig.tally().items_failed, c.failed);
    EXPECT_EQ(rig.tally().items_total, 5u) << "never counted twice";
    EXPECT_EQ(rig.tally().failed + rig.tally().succeeded, 1u);
  }
}

// Whichever is exceeded first stops the step; the exact count decides, whatever the order.
TEST(Spec5_4Together, WhicheverIsExceededFirstStopsTheStep) {
  struct Limits {
    std::int64_t items, mini_batches;
    double percent;
    int stops_after;  // failures of ten mini-batches of five items; 0: never
    Cause cause;
  };
  for (const Limits& c :
       {Limits{-1, -1, 100, 0, Cause::kNone}, Limits{10, -1, 100, 3, Cause::kItemThreshold},
        Limits{14, -1, 100, 3, Cause::kItemThreshold},
        Limits{15, -1, 100, 4, Cause::kItemThreshold},
        Limits{-1, 3, 100, 4, Cause::kMiniBatchThreshold},
        Limits{-1, 0, 100, 1, Cause::kMiniBatchThreshold},
        Limits{0, -1, 100, 1, Cause::kItemThreshold},
        Limits{-1, -1, 0, 1, Cause::kPercentThreshold},
        Limits{-1, -1, 20, 3, Cause::kPercentThreshold},
        Limits{-1, -1, 99.9, 10, Cause::kPercentThreshold},
        Limits{20, 3, 20, 3, Cause::kPercentThreshold},
        Limits{9, 3, 50, 2, Cause::kItemThreshold}}) {
    StepRules rules = rules_with(0);
    rules.error_threshold = c.items;
    rules.mini_batch_error_threshold = c.mini_batches;
    rules.allowed_failed_percent = c.percent;
    Rig rig(rules);
    rig.plan(10);
    rig.staff(1);
    int failures = 0;
    while (failures < 10 && of<Revoke>(rig.all()).empty() && of<StopWorker>(rig.all()).empty()) {
      rig.failed(worker(0), static_cast<std::uint64_t>(failures), 1, AttemptStatus::kRunException);
      rig.settle();
      ++failures;
    }
    EXPECT_EQ(failures, c.stops_after == 0 ? 10 : c.stops_after);
    for (int i = failures; i < std::min(failures + 2, 10); ++i) {  // what it still holds
      rig.send(LeasesReturned{worker(0), Epoch{1}, {whole(static_cast<std::uint64_t>(i), 1)}});
    }
    rig.let_workers_exit();
    EXPECT_EQ(rig.finish().cause, c.cause);
  }
}

}  // namespace
}  // namespace batchmill::parallel
