#include "parallel/rate_limit.h"

#include <gtest/gtest.h>

namespace batchmill::parallel {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

TEST(RateLimit, BurstsAreATenthOfASecondAndAtLeastOne) {
  struct Case {
    double per_second;
    std::uint32_t burst;
    Duration interval;
  };
  for (const Case& each : {Case{0.5, 1, 2s}, Case{5, 1, 200ms}, Case{10, 1, 100ms},
                           Case{100, 10, 10ms}, Case{4000, 400, 250us}}) {
    RateLimit rate(each.per_second);
    EXPECT_EQ(rate.allowed(1000, kStart), each.burst) << each.per_second;
    rate.take(each.burst, kStart);
    EXPECT_EQ(rate.allowed(1000, kStart), 0u) << each.per_second;
    EXPECT_EQ(rate.next(), kStart + each.interval) << each.per_second;
    EXPECT_EQ(rate.allowed(1000, rate.next() - Duration(1)), 0u) << each.per_second;
    EXPECT_EQ(rate.allowed(1000, rate.next()), 1u) << each.per_second;
    EXPECT_EQ(rate.allowed(1000, kStart + 1h), each.burst) << each.per_second;
  }
}

TEST(RateLimit, WithoutALimitEverythingIsAllowed) {
  RateLimit rate(0);
  EXPECT_FALSE(rate.limited());
  rate.take(100000, kStart);
  rate.give_back(1);
  EXPECT_EQ(rate.allowed(7, kStart), 7u);
  EXPECT_LE(rate.next(), kStart);
}

TEST(RateLimit, NeverMoreThanBurstAndRateAllow) {
  for (const double per_second : {0.3, 7.0, 33.3, 999.0}) {
    RateLimit rate(per_second);
    const std::uint32_t burst = rate.allowed(1000000, kStart);
    std::uint64_t taken = 0;
    for (TimePoint now = kStart; now < kStart + 20s; now += 17ms) {
      const std::uint32_t most = rate.allowed(100, now);
      rate.take(most, now);
      taken += most;
      const double seconds = std::chrono::duration<double>(now - kStart).count();
      EXPECT_LE(static_cast<double>(taken), burst + per_second * seconds + 1e-6);
    }
    EXPECT_GE(static_cast<double>(taken), per_second * 5);
  }
}

TEST(RateLimit, WhatComesBackUnstartedMayGoOutAgain) {
  RateLimit rate(2);
  rate.give_back(5);
  EXPECT_EQ(rate.allowed(9, kStart), 1u);
  rate.take(1, kStart);
  rate.give_back(1);
  EXPECT_EQ(rate.allowed(9, kStart), 1u);
  rate.give_back(3);
  EXPECT_EQ(rate.allowed(9, kStart), 1u);  // no bigger burst for it
}

}  // namespace
}  // namespace batchmill::parallel
