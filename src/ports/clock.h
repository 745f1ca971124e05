#pragma once

#include "base/time.h"

namespace batchmill {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;      // CLOCK_MONOTONIC
  virtual WallTime wall_now() const = 0;  // CLOCK_REALTIME
};

}  // namespace batchmill
