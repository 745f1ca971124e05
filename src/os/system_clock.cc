#include "os/system_clock.h"

#include <ctime>

namespace batchmill {

TimePoint SystemClock::now() const {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return TimePoint(std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec));
}

WallTime SystemClock::wall_now() const {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return WallTime{std::int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000};
}

}  // namespace batchmill
