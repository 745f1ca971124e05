#include "parallel/lease_window.h"

#include <algorithm>
#include <bit>

namespace batchmill::parallel {
namespace {

constexpr std::uint32_t kForgetAfter = 2048;

std::size_t bucket_of(Duration took, std::size_t buckets) {
  const auto nanos = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 4));
  const auto exponent = static_cast<std::size_t>(std::bit_width(nanos)) - 1;
  const std::size_t quarter = (nanos >> (exponent - 2)) & 3;
  return std::min(exponent * 4 + quarter, buckets - 1);
}

// The upper end of a bucket that bucket_of() names, so that a width is never chosen for less work
// than there is.
std::int64_t upper_nanos(std::size_t bucket) {
  return ((static_cast<std::int64_t>(bucket % 4) + 5) << (bucket / 4)) >> 2;
}

}  // namespace

void LeaseWindow::measure(Duration took) {
  ++histogram_[bucket_of(took, kBuckets)];
  ++samples_;
  if (++since_resize_ < kMeasured) return;
  since_resize_ = 0;
  resize();
  if (samples_ < kForgetAfter) return;
  // Old runs count for less, so that the width follows the work.
  samples_ = 0;
  for (std::uint32_t& count : histogram_) samples_ += count /= 2;
}

std::optional<Duration> LeaseWindow::slow_run() const {
  std::uint64_t below = 0;
  for (std::size_t bucket = 0; bucket < kBuckets && samples_ > 0; ++bucket) {
    below += histogram_[bucket];
    if (below * 100 >= std::uint64_t{95} * samples_) return Duration(upper_nanos(bucket));
  }
  return std::nullopt;
}

void LeaseWindow::resize() {
  if (fixed_) return;
  const std::int64_t slow = slow_run().value_or(kAim).count();
  const std::int64_t queued = kAim.count() / std::max<std::int64_t>(slow, 1);
  width_ = static_cast<std::uint32_t>(std::clamp<std::int64_t>(1 + queued, kBase, kMost));
}

std::uint32_t LeaseWindow::narrowed(std::uint64_t unfinished, std::uint32_t workers) const {
  const std::uint64_t share = unfinished / std::max(workers, 1U);
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(share, 1, width_));
}

}  // namespace batchmill::parallel
