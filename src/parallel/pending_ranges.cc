#include "parallel/pending_ranges.h"

#include <algorithm>
#include <iterator>

namespace batchmill::parallel {

void PendingRanges::add(std::uint64_t first, std::uint64_t count) {
  if (count == 0) return;
  std::uint64_t end = first + count;
  auto next = ranges_.upper_bound(first);
  if (next != ranges_.begin()) {
    auto before = std::prev(next);
    if (before->second >= first) next = before;
  }
  while (next != ranges_.end() && next->first <= end) {
    first = std::min(first, next->first);
    end = std::max(end, next->second);
    size_ -= next->second - next->first;
    next = ranges_.erase(next);
  }
  ranges_.emplace_hint(next, first, end);
  size_ += end - first;
}

bool PendingRanges::remove(std::uint64_t id) {
  auto next = ranges_.upper_bound(id);
  if (next == ranges_.begin()) return false;
  auto range = std::prev(next);
  if (range->second <= id) return false;
  const std::uint64_t end = range->second;
  --size_;
  if (range->first == id) {
    ranges_.erase(range);
  } else {
    range->second = id;
  }
  if (id + 1 < end) ranges_.emplace(id + 1, end);
  return true;
}

std::optional<IdRange> PendingRanges::take(std::uint64_t most, std::uint64_t below) {
  if (most == 0 || !has_below(below)) return std::nullopt;
  auto range = ranges_.begin();
  const std::uint64_t first = range->first;
  const std::uint64_t end = range->second;
  const std::uint64_t count = std::min({most, end - first, below - first});
  auto rest = ranges_.erase(range);
  if (first + count < end) ranges_.emplace_hint(rest, first + count, end);
  size_ -= count;
  return IdRange{first, count};
}

bool PendingRanges::contains(std::uint64_t id) const {
  auto next = ranges_.upper_bound(id);
  return next != ranges_.begin() && std::prev(next)->second > id;
}

void PendingRanges::clear() {
  ranges_.clear();
  size_ = 0;
}

}  // namespace batchmill::parallel
