#include "parallel/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace batchmill::parallel {
namespace {

constexpr double kLongest = 1e16;  // nanoseconds; about four months, so that sums stay in range

}  // namespace

RateLimit::RateLimit(double per_second) {
  if (!(per_second > 0)) return;
  const double nanos = std::clamp(1e9 / per_second, 1.0, kLongest);
  interval_ = Duration(static_cast<std::int64_t>(std::ceil(nanos)));
  burst_ = std::max<std::int64_t>(1, std::chrono::milliseconds(100) / interval_);
}

std::uint32_t RateLimit::allowed(std::uint32_t most, TimePoint now) const {
  if (!limited()) return most;
  std::int64_t missing = 0;
  if (full_at_ > now) missing = (full_at_ - now + interval_ - Duration(1)) / interval_;
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(burst_ - missing, 0, most));
}

void RateLimit::take(std::uint32_t count, TimePoint now) {
  if (limited()) full_at_ = std::max(full_at_, now) + count * interval_;
}

void RateLimit::give_back(std::uint32_t count) {
  if (limited() && full_at_ != TimePoint::min()) full_at_ -= count * interval_;
}

TimePoint RateLimit::next() const {
  if (!limited() || full_at_ == TimePoint::min()) return TimePoint::min();
  return full_at_ - (burst_ - 1) * interval_;
}

}  // namespace batchmill::parallel
