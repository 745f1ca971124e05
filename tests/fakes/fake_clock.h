#pragma once

#include "ports/clock.h"

namespace batchmill::fakes {

// Time that moves when it is told to.
class FakeClock final : public Clock {
 public:
  TimePoint now() const override { return TimePoint(passed_); }
  WallTime wall_now() const override {
    return {start_.micros + std::chrono::duration_cast<std::chrono::microseconds>(passed_).count()};
  }
  void advance(Duration by) { passed_ += by; }

 private:
  WallTime start_{1'768'209'220'000'000};  // 2026-01-12T09:13:40Z
  Duration passed_{};
};

}  // namespace batchmill::fakes
