#pragma once

#include <cstdint>

#include "base/time.h"

namespace batchmill::parallel {

// A bucket of leases: a full one holds a tenth of a second's worth, at least one, and it fills at
// the given rate. So in any time span t at most burst + rate x t leases go out, apart from those
// that came back unstarted. Pure.
class RateLimit {
 public:
  explicit RateLimit(double per_second);  // zero or less: no limit
  bool limited() const { return interval_ > Duration::zero(); }
  // How many may go out now, at most `most`.
  std::uint32_t allowed(std::uint32_t most, TimePoint now) const;
  void take(std::uint32_t count, TimePoint now);
  void give_back(std::uint32_t count);  // they were never started
  // When the next one may go out: not after `now` if one may at once.
  TimePoint next() const;

 private:
  Duration interval_{};  // between two leases
  std::int64_t burst_ = 1;
  TimePoint full_at_ = TimePoint::min();  // when the bucket is full again
};

}  // namespace batchmill::parallel
