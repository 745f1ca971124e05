#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "model/attempt.h"
#include "parallel/mini_batch_table.h"
#include "parallel/retry_policy.h"

namespace batchmill::parallel {

// [first, first + count) cut in two; the first half gets the extra item. At least two items.
std::array<ItemRange, 2> halves_of(const ItemRange& range);

// The parts of bisected mini-batches that are not final yet: the leaves of the tree of cuts. What
// is final leaves nothing behind but a count, so the costs are those of the present trouble.
class PartTable {
 public:
  struct Part {
    Phase phase = Phase::kWaiting;
    History history;
  };

  bool empty() const { return trees_.empty(); }
  const Part* find(MiniBatchId id, const ItemRange& part) const;
  History& history(MiniBatchId id, const ItemRange& part);  // of an open part
  void set(MiniBatchId id, const ItemRange& part, Phase phase);
  // Replaces `range`, an open part or for the first cut all items, by its halves.
  std::array<ItemRange, 2> cut(MiniBatchId id, const ItemRange& range, Phase phase_of_halves);
  // The part is final. Once no other is open the mini-batch is forgotten here, and the answer is
  // whether all its parts succeeded.
  std::optional<bool> finish(MiniBatchId id, const ItemRange& part, bool success);

  std::uint64_t count(Phase phase) const { return counts_[static_cast<std::size_t>(phase)]; }
  bool counts_are_right() const;
  // Every open part, in order.
  struct Place {
    MiniBatchId mini_batch;
    ItemRange part;
    Phase phase;
  };
  std::vector<Place> all() const;

 private:
  struct Tree {
    std::map<std::uint32_t, std::pair<std::uint32_t, Part>> open;  // by first item: count, part
    bool any_failed = false;
  };

  Part* open_part(MiniBatchId id, const ItemRange& part);
  void open(Tree& tree, const ItemRange& part, Phase phase);
  void close(Tree& tree, const ItemRange& part);

  std::unordered_map<MiniBatchId, Tree> trees_;
  std::array<std::uint64_t, kPhases> counts_{};
};

}  // namespace batchmill::parallel
