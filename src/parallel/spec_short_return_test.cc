#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/scheduler_rig.h"

// parallel-job.md 5.3: what a return of too few results is. The count check is off when
// error_threshold is -1 explicitly, and on otherwise.
namespace batchmill::parallel {
namespace {

using ::testing::SizeIs;

struct Return {
  const char* name;
  bool count_check;
  std::uint32_t returned;  // of 5
  AttemptStatus recorded;
};

std::ostream& operator<<(std::ostream& out, const Return& each) { return out << each.name; }

class Spec5_3ShortReturn : public testing::TestWithParam<Return> {};

TEST_P(Spec5_3ShortReturn, AtTheLastTry) {
  const Return& c = GetParam();
  StepRules rules = rules_with(0);
  rules.count_check = c.count_check;
  Rig rig(rules);
  rig.plan(1);
  rig.staff(1);
  rig.report(worker(0), 0, 1, outcome(AttemptStatus::kRunDone, c.returned));
  rig.commit();
  ASSERT_THAT(rig.committed(), SizeIs(1));
  const bool good = c.recorded == AttemptStatus::kRunDone;
  EXPECT_EQ(rig.committed()[0].outcome.status, c.recorded);
  EXPECT_TRUE(rig.committed()[0].rows_count) << "the rows that came back are kept either way";
  EXPECT_EQ(rig.tally().succeeded, good ? 1u : 0u);
  EXPECT_EQ(rig.tally().failed, good ? 0u : 1u);
  EXPECT_EQ(rig.tally().items_failed, 5 - std::min(c.returned, 5u));
  EXPECT_EQ(rig.tally().items_succeeded, std::min(c.returned, 5u));
  EXPECT_EQ(rig.tally().rows, c.returned);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Spec5_3ShortReturn,
    testing::Values(Return{"rule 1: nothing is enough", false, 0, AttemptStatus::kRunDone},
                    Return{"rule 1: any number is enough", false, 3, AttemptStatus::kRunDone},
                    Return{"rule 2: nothing", true, 0, AttemptStatus::kRunShort},
                    Return{"rule 2: one too few", true, 4, AttemptStatus::kRunShort},
                    Return{"rule 2: as many as given", true, 5, AttemptStatus::kRunDone},
                    Return{"more than given", true, 9, AttemptStatus::kRunDone}));

TEST(Spec5_3ShortReturns, AreRetriedAndOnlyTheLastOnesRowsAreKept) {
  Rig rig(rules_with(2));
  rig.plan(1);
  rig.staff(1);
  for (const std::uint16_t number : {1, 2, 3}) {
    rig.report(worker(0), 0, number, outcome(AttemptStatus::kRunDone, number + 1u));
    rig.commit();
    ASSERT_THAT(rig.committed(), SizeIs(number));
    EXPECT_EQ(rig.committed().back().outcome.status, AttemptStatus::kRunShort);
    EXPECT_EQ(rig.committed().back().final, number == 3);
    EXPECT_EQ(rig.committed().back().rows_count, number == 3);
  }
  EXPECT_EQ(rig.tally().rows, 4u);
  EXPECT_EQ(rig.tally().items_failed, 1u);
}

TEST(Spec5_3ShortReturns, WithoutTheCheckAreNotRetried) {
  StepRules rules = rules_with(2);
  rules.count_check = false;
  Rig rig(rules);
  rig.plan(1);
  rig.staff(1);
  rig.report(worker(0), 0, 1, outcome(AttemptStatus::kRunDone, 0));
  rig.commit();
  EXPECT_EQ(rig.tally().tries, 1u);
  EXPECT_EQ(rig.tally().succeeded, 1u);
}

TEST(Spec5_3ShortReturns, RowsOfAShortTryAreDroppedWhenTheNextOneFailsOtherwise) {
  Rig rig(rules_with(1));
  rig.plan(1);
  rig.staff(1);
  rig.report(worker(0), 0, 1, outcome(AttemptStatus::kRunDone, 3));
  rig.commit();
  rig.failed(worker(0), 0, 2, AttemptStatus::kRunException);
  rig.commit();
  EXPECT_EQ(rig.tally().rows, 0u);
  EXPECT_EQ(rig.tally().items_failed, 5u);
}

TEST(Spec5_3ShortReturns, AProcessIsKept) {
  Rig rig(rules_with(1));
  rig.plan(1);
  rig.staff(1);
  rig.report(worker(0), 0, 1, outcome(AttemptStatus::kRunDone, 3));
  rig.commit();
  EXPECT_EQ(ranges_leased(rig.all()).back(), whole(0, 2));
  EXPECT_THAT(of<StartWorker>(rig.all()), SizeIs(1));
}

}  // namespace
}  // namespace batchmill::parallel
