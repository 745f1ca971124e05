#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/time.h"
#include "model/attempt.h"
#include "model/ids.h"

namespace batchmill::parallel {

// A try of a mini-batch that had trouble before, or of a part of it.
struct Retry {
  MiniBatchId mini_batch;
  std::uint16_t attempt = 1;
  TimePoint not_before{};
  // Until then it stays away from the worker that failed, or from its whole node.
  TimePoint avoid_until{};
  WorkerId avoid;
  bool avoid_node = false;
  ItemRange part;

  bool avoids(WorkerId worker) const {
    return avoid_node ? avoid.node == worker.node : avoid == worker;
  }
};

// Tries that wait for a worker: in order of arrival, after their delay. Entries that became void
// meanwhile are the caller's to recognise when it takes them.
class RetryQueue {
 public:
  void add(const Retry& retry, TimePoint now);
  // The first entry that may run at `now` and that `worker` may take.
  // `others_than_worker`, `others_than_node`: there is another worker, or one on another node.
  std::optional<Retry> take(WorkerId worker, bool others_than_worker, bool others_than_node,
                            TimePoint now);
  // Lets entries whose delay is over become takeable; true when there are new ones.
  bool wake(TimePoint now);
  bool has_ready() const { return !ready_.empty(); }
  TimePoint next_wake() const;
  // When an entry that is ready stops avoiding; kNever when none still does.
  TimePoint next_release(TimePoint now) const;

 private:
  std::deque<Retry> ready_;
  std::vector<Retry> delayed_;  // heap, the earliest on top
};

}  // namespace batchmill::parallel
