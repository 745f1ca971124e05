#include "engine/failure_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string misfit(int mini_batch, int count) {
  return R"({"code": 0, "kind": "misfit", "column": "price", "type": "float", "file": "day.csv",
             "line": 7, "count": )" +
         std::to_string(count) + R"(, "mini_batch": )" + std::to_string(mini_batch) + "}";
}

AttemptRecord failed(std::uint64_t mini_batch, AttemptStatus status, const std::string& error) {
  AttemptRecord record;
  record.id.mini_batch = MiniBatchId{mini_batch};
  record.outcome.status = status;
  record.outcome.error = error;
  return record;
}

TEST(MisfitCounts, SumsOverMiniBatchesButNotOverTheirRetries) {
  MisfitCounts counts;
  EXPECT_TRUE(counts.add(misfit(1, 2)));
  EXPECT_TRUE(counts.add(misfit(2, 3)));
  EXPECT_TRUE(counts.add(misfit(1, 2))) << "the second try of mini-batch 1";
  EXPECT_THAT(counts.warnings("score"),
              ElementsAre(AllOf(HasSubstr("'price': 5 values"), HasSubstr("day.csv:7"))));
}

TEST(MisfitCounts, LeavesOtherNoticesAlone) {
  MisfitCounts counts;
  EXPECT_FALSE(counts.add(R"({"code": 6, "text": "there is no init"})"));
  EXPECT_FALSE(counts.add("not JSON"));
  EXPECT_TRUE(counts.warnings("score").empty());
}

TEST(NoticeEvent, NamesTheStepAndTheLevel) {
  const JobEvent remark = notice_event("score", R"({"code": 0, "text": "3 results for 2 items"})");
  EXPECT_EQ(remark.text, "score: 3 results for 2 items");
  EXPECT_EQ(remark.level, "notice");
  EXPECT_EQ(notice_event("score", R"({"code": 6, "text": "no init"})").level, "warning");
}

TEST(NoticeEvent, AFailedShutdownIsAWarningWithItsPlace) {
  const JobEvent event = notice_event("score", R"({"code": 0, "kind": "shutdown", "error":
      {"code": 901, "type": "OSError", "message": "gone",
       "place": {"file": "score.py", "line": 9, "function": "shutdown"}}})");
  EXPECT_EQ(event.level, "warning");
  EXPECT_THAT(event.text, AllOf(HasSubstr("score: shutdown() failed"), HasSubstr("score.py:9"),
                                HasSubstr("OSError: gone")));
}

TEST(FailureWatch, TellsEachKindOnceWithItsMiniBatchAndTry) {
  FailureWatch watch;
  const std::string error = R"({"code": 901, "type": "ValueError", "message": "n/a"})";
  const auto first = watch.first_of_its_kind(failed(4, AttemptStatus::kRunException, error), 3);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->mini_batch, 4u);
  EXPECT_THAT(first->text, AllOf(HasSubstr("ValueError: n/a"), HasSubstr("try 1 of 3")));
  EXPECT_FALSE(watch.first_of_its_kind(failed(5, AttemptStatus::kRunException, error), 3));
}

TEST(FailureWatch, SuccessIsNoFailure) {
  FailureWatch watch;
  EXPECT_FALSE(watch.first_of_its_kind(failed(1, AttemptStatus::kRunDone, ""), 3));
}

}  // namespace
}  // namespace batchmill::engine
