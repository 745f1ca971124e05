#include "engine/estimate.h"

#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TimePoint at(double s) {
  return TimePoint(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(s)));
}

// Ten mini-batches a second from second 0 to `until`.
Estimate steady(double until) {
  Estimate estimate;
  for (int i = 1; i <= until * 10; ++i) {
    estimate.ran(milliseconds(200));
    estimate.committed(i, at(i / 10.0));
  }
  return estimate;
}

TEST(Estimate, NothingIsSaidTooEarly) {
  EXPECT_FALSE(Estimate().left(100, true, 2, at(60)).has_value());
  EXPECT_FALSE(steady(5).left(1000, true, 2, at(5)).has_value())
      << "not 10 s after the first commit";
  EXPECT_FALSE(steady(20).left(1000, false, 2, at(20)).has_value()) << "the plan is not complete";
  EXPECT_FALSE(steady(20).left(100000, true, 1000, at(20)).has_value())
      << "neither 5 % nor 3 x workers";
}

TEST(Estimate, ASteadyRateGivesANarrowRange) {
  const auto range = steady(20).left(1000, true, 2, at(20));
  ASSERT_TRUE(range.has_value());
  EXPECT_NEAR(range->low, 80, 1);
  EXPECT_NEAR(range->high, 80.2, 1.2);
  EXPECT_NEAR(steady(20).rate(at(20)), 10, 0.2);
}

TEST(Estimate, ASlowerEndWidensIt) {
  Estimate estimate = steady(100);
  for (int i = 1; i <= 60; ++i) estimate.committed(1000 + i * 5, at(100 + i));
  const auto range = estimate.left(2000, true, 2, at(160));
  ASSERT_TRUE(range.has_value());
  EXPECT_GT(range->high, range->low * 1.3);
}

TEST(Estimate, ARangeThatSaysNothingIsNotShown) {
  Estimate estimate = steady(100);
  estimate.committed(1001, at(900));
  EXPECT_FALSE(estimate.left(5000, true, 2, at(1000)).has_value());
}

TEST(Estimate, TheRateForgetsWhatIsOld) {
  Estimate estimate = steady(10);
  EXPECT_EQ(estimate.rate(at(100)), 0);
}

}  // namespace
}  // namespace batchmill::engine
