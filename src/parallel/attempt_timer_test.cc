#include "parallel/attempt_timer.h"

#include <gtest/gtest.h>

namespace batchmill::parallel {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint at(Duration since_boot) { return TimePoint(since_boot); }

struct Case {
  const char* name;
  AttemptSlots slots;
  AttemptLimits limits;
  TimePoint now;
  std::optional<AttemptStatus> expected;
  std::uint64_t ticket;
  TimePoint next;
};

class Spec5_2Timers : public testing::TestWithParam<Case> {};

TEST_P(Spec5_2Timers, RunAndLoadHaveEachTheirOwn) {
  const Case& c = GetParam();
  const auto verdict = timed_out(c.slots, c.limits, c.now);
  ASSERT_EQ(verdict.has_value(), c.expected.has_value()) << c.name;
  EXPECT_EQ(next_timeout(c.slots, c.limits), c.next) << c.name;
  EXPECT_EQ(verdict.has_value(), c.now >= c.next) << c.name;
  if (!verdict) return;
  EXPECT_EQ(verdict->status, *c.expected) << c.name;
  EXPECT_EQ(verdict->ticket, c.ticket) << c.name;
}

constexpr AttemptLimits kLimits{600s, 60s};

INSTANTIATE_TEST_SUITE_P(
    Table, Spec5_2Timers,
    testing::Values(
        Case{"idle", {}, kLimits, at(1h), std::nullopt, 0, kNever},
        Case{"running, in time", {{7, at(100s)}, {}}, kLimits, at(159s), {}, 0, at(160s)},
        Case{"running, at its limit",
             {{7, at(100s)}, {}},
             kLimits,
             at(160s),
             AttemptStatus::kRunTimeout,
             7,
             at(160s)},
        Case{"loading has its own, longer limit",
             {{}, {8, at(100s)}},
             kLimits,
             at(699s),
             {},
             0,
             at(700s)},
        Case{"loading, over",
             {{}, {8, at(100s)}},
             kLimits,
             at(701s),
             AttemptStatus::kLoadTimeout,
             8,
             at(700s)},
        Case{"the run goes first when both are over",
             {{7, at(100s)}, {8, at(50s)}},
             kLimits,
             at(1h),
             AttemptStatus::kRunTimeout,
             7,
             at(160s)},
        Case{"the load may be over while the run is not",
             {{7, at(690s)}, {8, at(100s)}},
             kLimits,
             at(701s),
             AttemptStatus::kLoadTimeout,
             8,
             at(700s)},
        Case{"no limits", {{7, at(1s)}, {8, at(1s)}}, {}, at(1h), {}, 0, kNever},
        Case{"a limit beyond the clock",
             {{7, at(1s)}, {}},
             {0s, Duration::max()},
             at(1h),
             {},
             0,
             kNever}));

}  // namespace
}  // namespace batchmill::parallel
