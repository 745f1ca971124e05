#pragma once

#include <chrono>
#include <cstdint>
#include <string>

// Two kinds of time that never mix: monotonic time for decisions, wall time for people.
namespace batchmill {

using Duration = std::chrono::nanoseconds;

// A point of CLOCK_MONOTONIC of one machine; comparable between the processes of that machine.
struct MonotonicClockTag {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicClockTag, Duration>;
  static constexpr bool is_steady = true;
};
using TimePoint = MonotonicClockTag::time_point;

// Microseconds since 1970-01-01T00:00:00Z.
struct WallTime {
  std::int64_t micros = 0;
  auto operator<=>(const WallTime&) const = default;
};

constexpr TimePoint kNever = TimePoint::max();

// "2026-01-12T09:13:40Z"
std::string iso_seconds(WallTime time);
// "2026-01-12T09:13:40.123456+00:00"
std::string iso_micros(WallTime time);
// "20260112091340", the stamp in names of log files.
std::string stamp_seconds(WallTime time);
// For people: "4.1 s", "2 min 46 s", "1 h 12 min".
std::string human_duration(Duration duration);

}  // namespace batchmill
