#include "parallel/commit_groups.h"

#include <gtest/gtest.h>

namespace batchmill::parallel {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

AttemptRecord record(std::uint64_t mini_batch) {
  AttemptRecord made;
  made.id.mini_batch = MiniBatchId{mini_batch};
  return made;
}

TEST(CommitGroups, CloseByTimeSizeOrWhenNothingElseRuns) {
  CommitGroups groups;
  EXPECT_FALSE(groups.due(kStart, true));
  groups.add(record(1), kStart);
  EXPECT_EQ(groups.deadline(), kStart + 10ms);
  EXPECT_FALSE(groups.due(kStart + 9ms, false));
  EXPECT_TRUE(groups.due(kStart + 10ms, false));
  EXPECT_TRUE(groups.due(kStart, true));
  for (std::uint64_t i = 2; i < 4096; ++i) groups.add(record(i), kStart);
  EXPECT_FALSE(groups.due(kStart, false));
  groups.add(record(4096), kStart);
  EXPECT_TRUE(groups.due(kStart, false));
}

TEST(CommitGroups, AFewAreOutstandingAndEachIsAnsweredOnce) {
  CommitGroups groups;
  for (std::uint64_t i = 1; i <= 4; ++i) {
    groups.add(record(i), kStart);
    EXPECT_EQ(groups.close({}).group, i);
  }
  groups.add(record(5), kStart);
  EXPECT_FALSE(groups.due(kStart + 1s, true));
  EXPECT_EQ(groups.deadline(), kNever);
  const auto answered = groups.answered(2);
  ASSERT_TRUE(answered);
  ASSERT_EQ(answered->size(), 1u);
  EXPECT_EQ(answered->front().id.mini_batch, MiniBatchId{2});
  EXPECT_FALSE(groups.answered(2));
  EXPECT_FALSE(groups.answered(99));
  EXPECT_TRUE(groups.due(kStart, true));
  EXPECT_EQ(groups.results(), 4u);
  EXPECT_FALSE(groups.idle());
}

}  // namespace
}  // namespace batchmill::parallel
