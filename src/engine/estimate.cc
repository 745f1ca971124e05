#include "engine/estimate.h"

#include <algorithm>
#include <cmath>

namespace batchmill::engine {

namespace {

using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kKeep = seconds(60);
constexpr auto kSampleEvery = milliseconds(100);
constexpr auto kRateWindow = seconds(30);
constexpr auto kWarmUp = seconds(10);
constexpr double kTooWide = 5;

double in_seconds(Duration time) { return duration<double>(time).count(); }

}  // namespace

void Estimate::committed(std::uint64_t finished_mini_batches, TimePoint now) {
  finished_ = finished_mini_batches;
  if (!first_) first_ = Sample{now, finished_mini_batches};
  if (samples_.empty() || now - samples_.back().when >= kSampleEvery) {
    samples_.push_back({now, finished_mini_batches});
  }
  while (samples_.size() > 1 && now - samples_[1].when >= kKeep) samples_.pop_front();
}

void Estimate::ran(Duration run) {
  const double micros = std::max(1.0, in_seconds(run) * 1e6);
  const int bucket = std::min(kBuckets - 1, static_cast<int>(std::log2(micros) * 4));
  ++buckets_[bucket];
  ++runs_;
}

double Estimate::run_p95_seconds() const {
  std::uint64_t seen = 0;
  for (int i = 0; i < kBuckets; ++i) {
    seen += buckets_[i];
    if (static_cast<double>(seen) >= 0.95 * static_cast<double>(runs_)) {
      return std::exp2((i + 1) / 4.0) / 1e6;
    }
  }
  return 0;
}

double Estimate::rate_over(Duration window, TimePoint now) const {
  if (samples_.empty()) return 0;
  const TimePoint start = now - window;
  auto from = std::find_if(samples_.begin(), samples_.end(),
                           [&](const Sample& sample) { return sample.when >= start; });
  if (from == samples_.end()) return 0;
  if (from != samples_.begin()) --from;
  const double elapsed = in_seconds(now - std::max(from->when, start));
  if (elapsed <= 0.05) return 0;
  return static_cast<double>(finished_ - from->finished) / elapsed;
}

double Estimate::rate(TimePoint now) const { return rate_over(kRateWindow, now); }

std::optional<SecondsRange> Estimate::left(std::uint64_t total, bool total_known,
                                           std::uint32_t workers, TimePoint now) const {
  if (!total_known || !first_ || now - first_->when < kWarmUp || finished_ >= total)
    return std::nullopt;
  const bool enough = static_cast<double>(finished_) >= 0.05 * static_cast<double>(total) ||
                      finished_ >= std::uint64_t{3} * workers;
  if (!enough) return std::nullopt;
  const double recent = rate_over(kKeep, now);
  const double whole =
      static_cast<double>(finished_ - first_->finished) / in_seconds(now - first_->when);
  const double slower = std::min(recent, whole);
  if (slower <= 0) return std::nullopt;
  const auto rest = static_cast<double>(total - finished_);
  SecondsRange range;
  range.low = rest / std::max(recent, whole);
  range.high = rest / slower + run_p95_seconds();
  if (range.high > kTooWide * std::max(range.low, 1.0)) return std::nullopt;
  return range;
}

}  // namespace batchmill::engine
