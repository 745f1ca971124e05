#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "model/ids.h"

namespace batchmill::parallel {

struct IdRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  bool operator==(const IdRange&) const = default;
};

// A set of mini-batches as disjoint ranges, taken from the lowest: costs memory per range, never
// per mini-batch (I-7).
class PendingRanges {
 public:
  void add(std::uint64_t first, std::uint64_t count);  // merges; members already there are no error
  bool remove(std::uint64_t id);                       // false when it is absent
  // Takes at most `most` consecutive members, the lowest ones, all below `below`.
  std::optional<IdRange> take(std::uint64_t most, std::uint64_t below);
  bool has_below(std::uint64_t below) const {
    return !ranges_.empty() && ranges_.begin()->first < below;
  }
  bool contains(std::uint64_t id) const;
  bool empty() const { return ranges_.empty(); }
  std::uint64_t size() const { return size_; }
  void clear();
  const std::map<std::uint64_t, std::uint64_t>& ranges() const { return ranges_; }  // first -> end

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;
  std::uint64_t size_ = 0;
};

}  // namespace batchmill::parallel
