#include "engine/step_nodes.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

namespace batchmill::engine {

void StepNodes::present(NodeId node, bool has_workers) {
  if (uses(node)) return;
  (has_workers ? with_workers_ : spare_).insert(node);
}

bool StepNodes::lost(NodeId node) {
  with_workers_.erase(node);
  spare_.erase(node);
  restored_.erase(node);
  return seats_.erase(node) > 0;
}

std::vector<NodeId> StepNodes::take(bool wait) {
  std::vector<NodeId> taken(with_workers_.begin(), with_workers_.end());
  with_workers_.clear();
  for (const NodeId node : taken) use(node);
  while (!wait && seats_.size() < instance_count_ && !spare_.empty()) {
    const NodeId node = *spare_.begin();
    spare_.erase(spare_.begin());
    taken.push_back(node);
    use(node);
  }
  return taken;
}

// The lowest seat that nobody has; one that a node of an earlier life may still come back to only
// where there is no other.
void StepNodes::use(NodeId node) {
  if (const auto kept = restored_.find(node); kept != restored_.end()) {
    seats_[node] = kept->second;
    restored_.erase(kept);
    return;
  }
  std::set<std::uint32_t> taken;
  for (const auto& [other, seat] : seats_) taken.insert(seat);
  std::set<std::uint32_t> held = taken;
  for (const auto& [other, seat] : restored_) held.insert(seat);
  const auto lowest_outside = [](const std::set<std::uint32_t>& seats) {
    std::uint32_t seat = 0;
    while (seats.contains(seat)) ++seat;
    return seat;
  };
  const std::uint32_t seat = lowest_outside(held);
  seats_[node] = seat < instance_count_ ? seat : lowest_outside(taken);
}

std::vector<NodeId> StepNodes::used() const {
  std::vector<NodeId> nodes;
  for (const auto& [node, seat] : seats_) nodes.push_back(node);
  return nodes;
}

std::optional<std::uint32_t> StepNodes::seat(NodeId node) const {
  const auto found = seats_.find(node);
  return found == seats_.end() ? std::nullopt : std::optional(found->second);
}

std::string StepNodes::seats_text() const {
  std::string text;
  for (const auto& [node, seat] : seats_) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", node.value, seat);
  }
  return text;
}

Result<void> StepNodes::restore_seats(const std::string& text) {
  std::istringstream stream(text);
  while (!text.empty() && stream) {
    std::uint32_t node = 0;
    std::uint32_t seat = 0;
    char equals = 0;
    if (!(stream >> node >> equals >> seat) || equals != '=') {
      return fail(ErrorKind::kProtocol, "the ledger's record of the nodes' seats is damaged");
    }
    restored_[NodeId{node}] = seat;
    char comma = 0;
    stream >> comma;
  }
  return {};
}

}  // namespace batchmill::engine
