#include "parallel/thresholds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/scheduler_rig.h"

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

class Thresholds : public testing::TestWithParam<Case> {};

TEST_P(Thresholds, FireWhenExceeded) {
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
    Table, Thresholds,
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

TEST(ThresholdsInTheScheduler, MiniBatchesThatOnlyWaitForARetryAreNotCounted) {
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

TEST(ThresholdsInTheScheduler, ThePercentageIsCheckedWhenThePlanBecomesComplete) {
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

TEST(ThresholdsInTheScheduler, ShortItemsOfSuccessesCountWithoutTheCountCheck) {
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

}  // namespace
}  // namespace batchmill::parallel
