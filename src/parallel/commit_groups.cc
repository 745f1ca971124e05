#include "parallel/commit_groups.h"

#include <algorithm>
#include <utility>

namespace batchmill::parallel {

void CommitGroups::add(AttemptRecord record, TimePoint now) {
  if (open_.empty()) {
    opened_ = now;
    open_.reserve(usual_size_);
  }
  open_.push_back(std::move(record));
}

bool CommitGroups::due(TimePoint now, bool at_once) const {
  if (open_.empty() || outstanding_.size() >= kMostOutstanding) return false;
  return at_once || open_.size() >= kMostResults || now >= opened_ + kOpenFor;
}

TimePoint CommitGroups::deadline() const {
  if (open_.empty() || outstanding_.size() >= kMostOutstanding) return kNever;
  return opened_ + kOpenFor;
}

Commit CommitGroups::close(MiniBatchId lease_high_water) {
  Outstanding outstanding;
  outstanding.group = ++last_group_;
  outstanding.results.reserve(open_.size());
  for (const AttemptRecord& record : open_) outstanding.results.push_back(settled_from(record));
  outstanding_.push_back(std::move(outstanding));
  usual_size_ = std::min(open_.size(), kMostResults);
  Commit commit{last_group_, std::move(open_), lease_high_water};
  open_.clear();
  return commit;
}

std::optional<std::vector<Settled>> CommitGroups::answered(std::uint64_t group) {
  auto found = std::find_if(outstanding_.begin(), outstanding_.end(),
                            [&](const Outstanding& each) { return each.group == group; });
  if (found == outstanding_.end()) return std::nullopt;
  std::vector<Settled> results = std::move(found->results);
  outstanding_.erase(found);
  return results;
}

std::uint64_t CommitGroups::results() const {
  std::uint64_t sum = open_.size();
  for (const Outstanding& each : outstanding_) sum += each.results.size();
  return sum;
}

}  // namespace batchmill::parallel
