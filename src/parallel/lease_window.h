#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace batchmill::parallel {

// How many mini-batches a worker may hold, its running one included (design.md section 5): two
// until 32 runs are measured; then so many that the queued ones are about ten milliseconds of work
// by the 95th percentile, at least two and at most 768 (the ring of results holds 1,024). A fixed
// window is never widened.
class LeaseWindow {
 public:
  static constexpr std::uint32_t kBase = 2;
  static constexpr std::uint32_t kMost = 768;
  static constexpr std::uint32_t kMeasured = 32;
  static constexpr Duration kAim = std::chrono::milliseconds(10);

  explicit LeaseWindow(std::uint32_t fixed = 0)
      : fixed_(fixed > 0), width_(fixed_ ? fixed : kBase) {}
  // `took`: how long the mini-batch kept its worker from the next one.
  void measure(Duration took);
  std::uint32_t width() const { return width_; }
  std::uint32_t samples() const { return samples_; }  // that count now
  // The 95th percentile of what was measured; nothing when nothing was.
  std::optional<Duration> slow_run() const;
  // Width with the rest of the work spread evenly over the workers, so that none is left with a
  // queue while others have nothing.
  std::uint32_t narrowed(std::uint64_t unfinished, std::uint32_t workers) const;

 private:
  static constexpr std::size_t kBuckets = 160;  // quarters of 40 powers of two, in nanoseconds
  void resize();

  std::array<std::uint32_t, kBuckets> histogram_{};
  std::uint32_t samples_ = 0;
  std::uint32_t since_resize_ = 0;
  bool fixed_;
  std::uint32_t width_;
};

}  // namespace batchmill::parallel
