#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/scheduler_rig.h"

// parallel-job.md 5.9: rows count through one atomic commit per mini-batch, of its first successful
// attempt; late results of superseded attempts are dropped.
namespace batchmill::parallel {
namespace {

using ::testing::SizeIs;

TEST(Spec5_9Outputs, ALateResultOfASupersededAttemptIsDropped) {
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

TEST(Spec5_9Outputs, AResultThatComesTwiceCountsOnce) {
  Rig rig;
  rig.plan(3);
  rig.staff(1);
  rig.done(worker(0), 0);
  rig.done(worker(0), 0);  // still in the open group
  rig.settle();
  rig.done(worker(0), 0);  // already committed
  rig.settle();
  EXPECT_THAT(rig.committed(), SizeIs(1));
  EXPECT_EQ(rig.tally().succeeded, 1u);
}

TEST(Spec5_9Outputs, RowsOfFailedAttemptsDoNotCount) {
  for (const AttemptStatus status :
       {AttemptStatus::kRunException, AttemptStatus::kRunTimeout, AttemptStatus::kLoadException,
        AttemptStatus::kLoadTimeout, AttemptStatus::kProcessCrashed}) {
    Rig rig(rules_with(0));
    rig.plan(1);
    rig.staff(1);
    Outcome with_rows = outcome(status);
    with_rows.rows.rows = 4;  // written before it failed
    rig.report(worker(0), 0, 1, with_rows);
    rig.commit();
    ASSERT_THAT(rig.committed(), SizeIs(1));
    EXPECT_FALSE(rig.committed()[0].rows_count);
    EXPECT_EQ(rig.tally().rows, 0u);
  }
}

}  // namespace
}  // namespace batchmill::parallel
