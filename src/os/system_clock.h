#pragma once

#include "ports/clock.h"

namespace batchmill {

// The machine's clocks. Stateless and thread-safe.
class SystemClock : public Clock {
 public:
  TimePoint now() const override;
  WallTime wall_now() const override;
};

}  // namespace batchmill
