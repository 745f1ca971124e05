#include "parallel/mini_batch_table.h"

#include <algorithm>

namespace batchmill::parallel {

void MiniBatchTable::grow_to(std::uint64_t size) {
  if (size <= phases_.size()) return;
  counts_[0] += size - phases_.size();
  phases_.resize(size, Phase::kFresh);
}

void MiniBatchTable::set(MiniBatchId id, Phase phase) {
  grow_to(id.value + 1);
  Phase& current = phases_[id.value];
  --counts_[static_cast<std::size_t>(current)];
  ++counts_[static_cast<std::size_t>(phase)];
  current = phase;
}

void MiniBatchTable::set_range(MiniBatchId first, std::uint64_t count, Phase phase) {
  grow_to(first.value + count);
  for (std::uint64_t i = first.value; i < first.value + count; ++i) {
    --counts_[static_cast<std::size_t>(phases_[i])];
    phases_[i] = phase;
  }
  counts_[static_cast<std::size_t>(phase)] += count;
}

bool MiniBatchTable::counts_are_right() const {
  std::array<std::uint64_t, kPhases> seen{};
  for (Phase phase : phases_) ++seen[static_cast<std::size_t>(phase)];
  return seen == counts_;
}

}  // namespace batchmill::parallel
