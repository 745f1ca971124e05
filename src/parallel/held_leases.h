#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/attempt.h"
#include "parallel/scheduler.h"

namespace batchmill::parallel {

// The i-th attempt of a range.
inline AttemptId attempt_in(const LeaseRange& range, std::uint32_t i, Epoch epoch) {
  return {MiniBatchId{range.first.value + i}, epoch, range.attempt, range.part};
}

// The leases of one worker in the order in which it runs them, as ranges.
class HeldLeases {
 public:
  struct Range {
    LeaseRange lease;
    Epoch epoch;
  };

  void add(const LeaseRange& lease, Epoch epoch);
  // Takes one attempt out; false when it is not held under this identity. Cheap for the oldest.
  bool remove(const AttemptId& id);
  std::uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Leases that are not first tries of whole mini-batches: they keep the window small.
  bool has_retry() const { return retries_ > 0; }
  std::optional<AttemptId> oldest() const;
  const std::vector<Range>& ranges() const { return ranges_; }

 private:
  std::vector<Range> ranges_;
  std::uint32_t size_ = 0;
  std::uint32_t retries_ = 0;
};

}  // namespace batchmill::parallel
