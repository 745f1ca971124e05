#include "agent/poll_pace.h"

#include <gtest/gtest.h>

namespace batchmill::agent {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(PollPace, StartsWithWakeUps) {
  EXPECT_TRUE(PollPace().wake_wanted());
  EXPECT_EQ(PollPace().wait(), milliseconds(100));
}

TEST(PollPace, QuickRunsAreCollectedWithoutWakeUps) {
  PollPace pace;
  TimePoint now{};
  // 0.3 ms a run, each with its wake-up, until the window is full.
  for (int i = 0; i < 10; ++i) pace.note(1, 20, now += microseconds(300));
  EXPECT_FALSE(pace.wake_wanted());
  EXPECT_EQ(pace.wait(), milliseconds(2));
  for (int i = 0; i < 10; ++i) {
    pace.note(100, 500, now += milliseconds(2));
    EXPECT_FALSE(pace.wake_wanted());
  }
}

TEST(PollPace, AWorkerThatMayRunDrySpeaksUp) {
  PollPace pace;
  TimePoint now{};
  for (int i = 0; i < 3; ++i) pace.note(100, 500, now += milliseconds(2));
  pace.note(100, 80, now += milliseconds(2));
  EXPECT_TRUE(pace.wake_wanted());
  EXPECT_EQ(pace.wait(), milliseconds(2));
}

TEST(PollPace, SlowRunsWakeAtOnceAndAreNotLookedFor) {
  PollPace pace;
  TimePoint now{};
  for (int i = 0; i < 3; ++i) pace.note(100, 500, now += milliseconds(2));
  for (int i = 0; i < 5; ++i) pace.note(1, 1, now += milliseconds(20));
  EXPECT_TRUE(pace.wake_wanted());
  EXPECT_EQ(pace.wait(), milliseconds(100));
}

}  // namespace
}  // namespace batchmill::agent
