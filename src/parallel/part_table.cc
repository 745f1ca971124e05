#include "parallel/part_table.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace batchmill::parallel {

std::array<ItemRange, 2> halves_of(const ItemRange& range) {
  const std::uint32_t second = range.count / 2;
  const std::uint32_t first = range.count - second;
  return {ItemRange{range.first, first}, ItemRange{range.first + first, second}};
}

const PartTable::Part* PartTable::find(MiniBatchId id, const ItemRange& part) const {
  const auto tree = trees_.find(id);
  if (tree == trees_.end()) return nullptr;
  const auto found = tree->second.open.find(part.first);
  if (found == tree->second.open.end() || found->second.first != part.count) return nullptr;
  return &found->second.second;
}

PartTable::Part* PartTable::open_part(MiniBatchId id, const ItemRange& part) {
  return const_cast<Part*>(find(id, part));
}

History& PartTable::history(MiniBatchId id, const ItemRange& part) {
  return open_part(id, part)->history;
}

void PartTable::set(MiniBatchId id, const ItemRange& part, Phase phase) {
  Part* found = open_part(id, part);
  if (found == nullptr) return;
  --counts_[static_cast<std::size_t>(found->phase)];
  found->phase = phase;
  ++counts_[static_cast<std::size_t>(phase)];
}

void PartTable::open(Tree& tree, const ItemRange& part, Phase phase) {
  tree.open[part.first] = {part.count, Part{phase, {}}};
  ++counts_[static_cast<std::size_t>(phase)];
}

void PartTable::close(Tree& tree, const ItemRange& part) {
  const auto found = tree.open.find(part.first);
  if (found == tree.open.end() || found->second.first != part.count) return;
  --counts_[static_cast<std::size_t>(found->second.second.phase)];
  tree.open.erase(found);
}

std::array<ItemRange, 2> PartTable::cut(MiniBatchId id, const ItemRange& range,
                                        Phase phase_of_halves) {
  Tree& tree = trees_[id];
  close(tree, range);
  const std::array<ItemRange, 2> halves = halves_of(range);
  for (const ItemRange& half : halves) open(tree, half, phase_of_halves);
  return halves;
}

std::optional<bool> PartTable::finish(MiniBatchId id, const ItemRange& part, bool success) {
  const auto found = trees_.find(id);
  if (found == trees_.end()) return std::nullopt;
  Tree& tree = found->second;
  close(tree, part);
  tree.any_failed |= !success;
  if (!tree.open.empty()) return std::nullopt;
  const bool all_succeeded = !tree.any_failed;
  trees_.erase(found);
  return all_succeeded;
}

std::vector<PartTable::Place> PartTable::all() const {
  std::vector<Place> places;
  for (const auto& [id, tree] : trees_) {
    for (const auto& [first, part] : tree.open) {
      places.push_back({id, {first, part.first}, part.second.phase});
    }
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.mini_batch, a.part) < std::tie(b.mini_batch, b.part);
  });
  return places;
}

bool PartTable::counts_are_right() const {
  std::array<std::uint64_t, kPhases> seen{};
  for (const Place& place : all()) ++seen[static_cast<std::size_t>(place.phase)];
  return seen == counts_;
}

}  // namespace batchmill::parallel
