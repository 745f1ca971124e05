#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/ids.h"

namespace batchmill::engine {

// Which of the job's nodes a step uses: at most its instance_count, the lowest numbers first. A
// node that still has workers of the step is used whatever its number. Each node in use has a seat
// 0 .. instance_count - 1, which its replacement inherits. Pure.
class StepNodes {
 public:
  explicit StepNodes(std::uint32_t instance_count) : instance_count_(instance_count) {}

  void present(NodeId node, bool has_workers);
  // Whether the step had used it.
  bool lost(NodeId node);
  // The nodes that the step begins to use now. With `wait`, only those that have its workers: the
  // others may still come.
  std::vector<NodeId> take(bool wait);
  bool uses(NodeId node) const { return seats_.contains(node); }
  std::vector<NodeId> used() const;
  std::optional<std::uint32_t> seat(NodeId node) const;

  // Seats outlive a leader, since workers keep what their node's seat gave them: "3=1,4=0".
  std::string seats_text() const;
  Result<void> restore_seats(const std::string& text);

 private:
  void use(NodeId node);

  std::uint32_t instance_count_;
  std::map<NodeId, std::uint32_t> seats_;     // of nodes in use
  std::map<NodeId, std::uint32_t> restored_;  // of nodes of an earlier life
  std::set<NodeId> with_workers_, spare_;
};

}  // namespace batchmill::engine
