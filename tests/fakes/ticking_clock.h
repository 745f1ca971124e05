#pragma once

#include <chrono>
#include <cstdint>

#include "ports/clock.h"

namespace batchmill::fakes {

// Each look at it takes a millisecond.
class TickingClock final : public Clock {
 public:
  TimePoint now() const override { return TimePoint(std::chrono::milliseconds(++ticks_)); }
  WallTime wall_now() const override { return {ticks_ * 1000}; }

 private:
  mutable std::int64_t ticks_ = 0;
};

}  // namespace batchmill::fakes
