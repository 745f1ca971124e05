#include "runlog/failure_groups.h"

#include "runlog/failure_text.h"
#include "runlog/sample_failures.h"

namespace batchmill::runlog {
namespace {

// `tries` tries of one mini-batch, the last one final.
void fail_finally(FailureGroups& groups, std::uint64_t mini_batch, const std::string& error,
                  std::uint16_t tries = 3) {
  for (std::uint16_t number = 1; number <= tries; ++number) {
    groups.add(failure(mini_batch, number, number == tries, error));
  }
}

TEST(FailureGroups, EqualCodeTypesAndPlaceAreOneWhateverTheMessage) {
  FailureGroups groups;
  EXPECT_TRUE(groups.add(failure(20, 1, true, value_error("'a'", "20.csv"))));
  EXPECT_FALSE(groups.add(failure(17, 1, true, value_error("'b'", "17.csv"))));
  EXPECT_FALSE(groups.add(failure(18, 1, true, value_error("'a'", "18.csv"))));
  EXPECT_TRUE(groups.add(failure(19, 1, true, out_of_memory(), AttemptStatus::kProcessCrashed)));
  const auto sorted = groups.sorted();
  ASSERT_EQ(sorted.size(), 2U);
  EXPECT_EQ(sorted[0]->mini_batches, 3U);
  EXPECT_EQ(sorted[0]->messages, 2U);
  EXPECT_EQ(sorted[0]->first_mini_batch, 17U);
  EXPECT_EQ(sorted[0]->sample.item, "17.csv");
  EXPECT_THAT(sorted[0]->types, testing::ElementsAre("ValueError", "KeyError"));
  EXPECT_EQ(sorted[1]->code, 911);
}

TEST(FailureGroups, AreSortedByWhatTheyCost) {
  FailureGroups groups;
  const auto error = [](int line) {
    return R"({"code": 901, "type": "E", "message": "m", "place": {"file": "s.py", "line": )" +
           std::to_string(line) + R"(, "function": "run"}})";
  };
  groups.add(failure(1, 1, false, error(1)));
  fail_finally(groups, 9, error(2), 2);
  fail_finally(groups, 5, error(3), 3);
  fail_finally(groups, 4, error(4), 3);
  std::vector<int> lines;
  for (const FailureGroup* group : groups.sorted()) lines.push_back(group->place->line);
  EXPECT_THAT(lines, testing::ElementsAre(4, 3, 2, 1));
  const FailureRest rest = groups.rest_after(2);
  EXPECT_EQ(rest.kinds, 2U);
  EXPECT_EQ(rest.mini_batches, 1U);
  EXPECT_EQ(rest.tries, 3U);
}

TEST(FailureGroups, TheSampleIsTheFirstThatFailedFinally) {
  FailureGroups groups;
  groups.add(failure(3, 1, false, value_error("'x'", "3.csv")));
  EXPECT_EQ(groups.sorted()[0]->first_mini_batch, 3U);
  groups.add(failure(9, 3, true, value_error("'y'", "9.csv")));
  groups.add(failure(7, 3, true, value_error("'z'", "7.csv")));
  EXPECT_EQ(groups.sorted()[0]->first_mini_batch, 7U);
  EXPECT_EQ(groups.sorted()[0]->first_try, 3U);
  EXPECT_EQ(groups.sorted()[0]->sample.raised.message, "'z'");
}

TEST(FailureGroups, KnowWhetherARetryHelped) {
  FailureGroups groups;
  groups.add(failure(3, 1, false, value_error("'x'", "")));
  groups.add(failure(4, 1, false, value_error("'x'", "")));
  EXPECT_EQ(groups.sorted()[0]->open, 2U);
  groups.add(success(3, 2));
  EXPECT_EQ(groups.sorted()[0]->open, 1U);
  groups.add(failure(4, 2, true, out_of_memory()));
  EXPECT_EQ(groups.sorted()[1]->open, 0U);
  EXPECT_EQ(groups.sorted()[1]->mini_batches, 0U) << "it failed of something else in the end";
}

TEST(FailureGroups, WhatDoesNotCountIsLeftOut) {
  FailureGroups groups;
  groups.add(success(1));
  groups.add(failure(2, 1, true, "", AttemptStatus::kCanceled));
  AttemptRecord forgotten = failure(3, 1, false, value_error("'x'", ""));
  forgotten.forgotten = true;
  groups.add(forgotten);
  EXPECT_TRUE(groups.empty());
}

TEST(FailureGroups, BeyondThousandKindsOnlyNumbersAreKept) {
  FailureGroups groups;
  for (int line = 0; line < 1'200; ++line) {
    groups.add(
        failure(static_cast<std::uint64_t>(line), 1, true,
                R"({"code": 901, "type": "E", "message": "m", "place": {"file": "s.py", "line": )" +
                    std::to_string(line) + R"(, "function": "run"}})"));
  }
  EXPECT_EQ(groups.sorted().size(), FailureGroups::kKept);
  const FailureRest rest = groups.rest_after(0);
  EXPECT_EQ(rest.kinds, FailureGroups::kKept + 1);
  EXPECT_EQ(rest.mini_batches, 1'200U);
}

TEST(FailureGroups, DifferentMessagesAreCountedUpToALimit) {
  FailureGroups groups;
  for (std::uint64_t i = 0; i < 500; ++i) {
    groups.add(failure(i, 1, true, value_error(std::to_string(i), "")));
  }
  EXPECT_EQ(groups.sorted()[0]->messages, FailureGroup::kMessagesTold);
  EXPECT_THAT(group_headline(*groups.sorted()[0]),
              testing::HasSubstr("500 tries, 100 or more different messages; first: mini-batch 0"));
}

TEST(FailureGroups, AMiniBatchIsOpenOnceHoweverOftenItWasTried) {
  FailureGroups groups;
  groups.add(failure(7, 1, false, value_error("a", "")));
  groups.add(failure(7, 2, false, value_error("b", "")));
  EXPECT_EQ(groups.sorted()[0]->open, 1U);
  groups.add(success(7, 3));
  EXPECT_EQ(groups.sorted()[0]->open, 0U);
}

TEST(FailureGroups, ABisectedMiniBatchCountsOnce) {
  FailureGroups groups;
  groups.add(split(failure(7, 1, false, value_error("a", ""))));
  groups.add(part(failure(7, 1, true, value_error("b", "late.csv")), 4, 1));
  groups.add(split(part(failure(7, 1, false, value_error("a", "")), 0, 4)));
  EXPECT_EQ(groups.sorted()[0]->open, 1U);
  groups.add(part(failure(7, 1, true, value_error("c", "early.csv")), 0, 1));
  const FailureGroup& group = *groups.sorted()[0];
  EXPECT_EQ(group.mini_batches, 1U);
  EXPECT_EQ(group.tries, 4U);
  EXPECT_EQ(group.sample.item, "early.csv");
  EXPECT_EQ(group.open, 1U) << "one part is still to come";
  groups.add(part(success(7), 1, 3));
  EXPECT_EQ(groups.sorted()[0]->open, 0U);
}

}  // namespace
}  // namespace batchmill::runlog
