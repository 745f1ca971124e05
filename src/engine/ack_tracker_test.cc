#include "engine/ack_tracker.h"

#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

TEST(AckTracker, MessagesWithoutResultsAreAcknowledgedAtOnce) {
  AckTracker acks;
  acks.arrived(1);
  EXPECT_EQ(acks.take(), 1u);
  EXPECT_EQ(acks.take(), std::nullopt);
}

TEST(AckTracker, ResultsWaitForTheirGroupAndHoldBackWhatFollows) {
  AckTracker acks;
  acks.arrived(1, "score", 3);
  acks.arrived(2);
  EXPECT_EQ(acks.take(), std::nullopt);
  acks.committed("score", 2);
  EXPECT_EQ(acks.take(), std::nullopt);
  acks.committed("score", 3);
  EXPECT_EQ(acks.take(), 2u);
}

TEST(AckTracker, StepsDoNotAnswerForEachOther) {
  AckTracker acks;
  acks.arrived(1, "score", 1);
  acks.committed("other", 9);
  EXPECT_EQ(acks.take(), std::nullopt);
  acks.step_over("score");
  EXPECT_EQ(acks.take(), 1u);
}

TEST(AckTracker, WhatAStepCannotTakeYetWaitsUntilItsGroupIsKnownAndDurable) {
  AckTracker acks;
  acks.arrived(1, "score", kGroupLater);
  acks.arrived(2, "score", kGroupLater);
  acks.arrived(3);
  acks.committed("score", 5);
  EXPECT_EQ(acks.take(), std::nullopt);
  acks.taken_up(1, 0);
  EXPECT_EQ(acks.take(), 1u);
  acks.taken_up(2, 6);
  EXPECT_EQ(acks.take(), std::nullopt);
  acks.committed("score", 6);
  EXPECT_EQ(acks.take(), 3u);
}

TEST(AckTracker, TheEndOfAStepAnswersForWhatItNeverTook) {
  AckTracker acks;
  acks.arrived(1, "score", kGroupLater);
  acks.step_over("score");
  EXPECT_EQ(acks.take(), 1u);
}

TEST(AckTracker, AReplayedSequenceIsRecognised) {
  AckTracker acks;
  acks.arrived(7, "score", 1);
  EXPECT_TRUE(acks.is_repeated(7));
  EXPECT_FALSE(acks.is_repeated(8));
  EXPECT_FALSE(acks.is_repeated(0));
}

}  // namespace
}  // namespace batchmill::engine
