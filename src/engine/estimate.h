#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/time.h"
#include "model/progress.h"

namespace batchmill::engine {

// Rate and remaining time of a parallel step from its committed mini-batches (messages.md 4). Pure:
// the clock comes in with every call.
class Estimate {
 public:
  // `run` is the time inside run() of one committed attempt.
  void committed(std::uint64_t finished_mini_batches, TimePoint now);
  void ran(Duration run);

  // Mini-batches per second over the last 30 s (or since the first commit, if that is shorter).
  double rate(TimePoint now) const;

  // Seconds left, once the plan is complete, 10 s after the first commit, and with 5 % or three
  // times the workers done; otherwise nothing. Nothing either when the range is too wide to help.
  std::optional<SecondsRange> left(std::uint64_t total, bool total_known, std::uint32_t workers,
                                   TimePoint now) const;

 private:
  struct Sample {
    TimePoint when;
    std::uint64_t finished = 0;
  };
  double rate_over(Duration window, TimePoint now) const;
  double run_p95_seconds() const;

  std::deque<Sample> samples_;  // at most one per 100 ms, of the last 60 s, and the first
  std::optional<Sample> first_;
  std::uint64_t finished_ = 0;
  // Times inside run(), in buckets of powers of 2^(1/4) from 1 µs.
  static constexpr int kBuckets = 160;
  std::uint64_t buckets_[kBuckets] = {};
  std::uint64_t runs_ = 0;
};

}  // namespace batchmill::engine
