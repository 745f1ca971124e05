#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/time.h"
#include "model/attempt.h"
#include "parallel/scheduler.h"
#include "parallel/tallying.h"

namespace batchmill::parallel {

// Results on their way into the ledger: one open group that collects them and the closed ones that
// the ledger has not answered yet (design.md section 5).
class CommitGroups {
 public:
  static constexpr Duration kOpenFor = std::chrono::milliseconds(10);
  static constexpr std::size_t kMostResults = 4096;
  static constexpr std::size_t kMostOutstanding = 4;

  void add(AttemptRecord record, TimePoint now);
  // Whether the open group should be closed now; `at_once`: nothing else runs that could join it.
  bool due(TimePoint now, bool at_once) const;
  TimePoint deadline() const;
  Commit close(MiniBatchId lease_high_water);
  // The results of an answered group; nothing for a number that is not outstanding.
  std::optional<std::vector<Settled>> answered(std::uint64_t group);
  // Forgets the open group: after a failed commit nothing more is written.
  void discard_open() { open_.clear(); }
  bool idle() const { return open_.empty() && outstanding_.empty(); }
  std::uint64_t results() const;  // open or outstanding

 private:
  struct Outstanding {
    std::uint64_t group = 0;
    std::vector<Settled> results;
  };

  std::vector<AttemptRecord> open_;
  TimePoint opened_{};
  std::size_t usual_size_ = 0;  // of the last group, so that the next one grows in one step
  std::deque<Outstanding> outstanding_;
  std::uint64_t last_group_ = 0;
};

}  // namespace batchmill::parallel
