#include <algorithm>
#include <string>

#include "parallel/work_pool.h"

namespace batchmill::parallel {

std::string WorkPool::inconsistency() const {
  if (!table_.counts_are_right()) return "the counts by phase are wrong";
  if (!parts_.counts_are_right()) return "the counts of parts by phase are wrong";
  for (const auto& [key, twins] : twins_.all()) {
    const bool leased = phase(twins.sides[0].id) == Phase::kLeased;
    if (leased != (twins.running() > 0)) return "twins are leased but do not run, or the reverse";
    if (!leased && twins.unanswered == 0) return "twins are left over";
  }
  if (parts_.empty() != (table_.count(Phase::kCut) == 0)) return "cuts and parts differ";
  for (const auto& [first, end] : ranges_.ranges()) {
    for (std::uint64_t id = first; id < end; ++id) {
      if (table_.phase(MiniBatchId{id}) != Phase::kPending) {
        return "mini-batch " + std::to_string(id) + " is free for leasing but not pending";
      }
    }
  }
  if (order_.is_set()) {
    std::uint64_t waiting = 0;
    for (std::uint64_t id = 0; id < planned_; ++id) {
      waiting += is_first_try(MiniBatchId{id}) && !ranges_.contains(id);
    }
    if (waiting != order_.left()) return "the number of first tries that wait in order is wrong";
  }
  for (std::uint64_t id = next_fresh_; id < table_.size(); ++id) {
    if (table_.phase(MiniBatchId{id}) != Phase::kFresh) {
      return "mini-batch " + std::to_string(id) + " lies above the high-water mark";
    }
  }
  for (std::uint64_t id = 0; id < std::min(next_fresh_, table_.size()); ++id) {
    if (table_.phase(MiniBatchId{id}) == Phase::kFresh) {
      return "mini-batch " + std::to_string(id) + " is lost: fresh below the high-water mark";
    }
  }
  return "";
}

}  // namespace batchmill::parallel
