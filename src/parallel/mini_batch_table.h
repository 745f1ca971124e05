#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/ids.h"

namespace batchmill::parallel {

// Where a mini-batch stands.
enum class Phase : std::uint8_t {
  kFresh,      // never leased in this life
  kPending,    // may be leased: given back, or to be tried again
  kLeased,     // handed to a worker
  kWaiting,    // leased in an earlier life; its agent may still report it
  kSettling,   // a result is in a commit group that is not durable yet
  kSucceeded,  // committed for good
  kFailed,     // committed for good
  kCut,        // bisected: its parts have phases of their own
};
constexpr std::size_t kPhases = 8;

// One byte per mini-batch that was ever touched, with the number in each phase kept by the way.
class MiniBatchTable {
 public:
  Phase phase(MiniBatchId id) const {
    return id.value < phases_.size() ? phases_[id.value] : Phase::kFresh;
  }
  void set(MiniBatchId id, Phase phase);
  void set_range(MiniBatchId first, std::uint64_t count, Phase phase);
  // Mini-batches in `phase`; of kFresh only those below size().
  std::uint64_t count(Phase phase) const { return counts_[static_cast<std::size_t>(phase)]; }
  std::uint64_t done() const { return count(Phase::kSucceeded) + count(Phase::kFailed); }
  // Every mini-batch from here on is fresh.
  std::uint64_t size() const { return phases_.size(); }
  bool counts_are_right() const;

 private:
  void grow_to(std::uint64_t size);

  std::vector<Phase> phases_;
  std::array<std::uint64_t, kPhases> counts_{};
};

}  // namespace batchmill::parallel
