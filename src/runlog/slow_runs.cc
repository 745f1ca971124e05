#include "runlog/slow_runs.h"

#include <algorithm>
#include <cmath>

namespace batchmill::runlog {

namespace {

constexpr std::uint64_t kEnoughRuns = 20;
constexpr auto kNeverSlow = std::chrono::seconds(1);

}  // namespace

bool SlowRuns::add(Duration run) {
  const bool is_slow = run >= kNeverSlow && runs_ >= kEnoughRuns && run > 3 * percentile_95();
  ++counts_[static_cast<std::size_t>(bucket_of(run))];
  ++runs_;
  return is_slow;
}

int SlowRuns::bucket_of(Duration run) {
  const double micros = std::chrono::duration<double, std::micro>(run).count();
  if (micros <= 1) return 0;
  return std::min(kBuckets - 1, static_cast<int>(std::log2(micros) * 4));
}

Duration SlowRuns::percentile_95() const {
  std::uint64_t below = runs_ * 95 / 100;
  int bucket = 0;
  while (bucket < kBuckets - 1 && below >= counts_[static_cast<std::size_t>(bucket)]) {
    below -= counts_[static_cast<std::size_t>(bucket++)];
  }
  const double micros = std::exp2((bucket + 1) / 4.0);
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::micro>(micros));
}

}  // namespace batchmill::runlog
