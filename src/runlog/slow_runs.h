#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"

namespace batchmill::runlog {

// Tells which successful runs are worth a line in a log that has no room for all: those of a second
// or more that took over three times the 95th percentile of the runs so far. Constant memory and
// time. Pure.
class SlowRuns {
 public:
  bool add(Duration run);

 private:
  static constexpr int kBuckets = 160;  // of powers of 2^(1/4) from 1 µs
  static int bucket_of(Duration run);
  Duration percentile_95() const;  // rounded up to the end of its bucket

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t runs_ = 0;
};

}  // namespace batchmill::runlog
