#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "model/ids.h"
#include "parallel/held_leases.h"

namespace batchmill::parallel {

enum class WorkerState : std::uint8_t { kAsked, kStarting, kReady, kStopping };

struct Worker {
  WorkerId id;
  WorkerState state = WorkerState::kAsked;
  HeldLeases held;
  TimePoint last_moved{};    // a lease when it had none, a result, a new running mini-batch
  TimePoint oldest_since{};  // it has worked on its oldest lease, as far as is known
  MiniBatchId running;       // by the last heartbeat, when `running_known`
  bool running_known = false;
  bool revoked = false;     // its queue was asked back and nothing has moved since
  bool wants_work = false;  // stands in a list of those that got less than they could hold
};

struct Node {
  NodeId id;
  std::vector<std::uint32_t> processes;  // live ones
  std::uint32_t next_process = 0;
  std::uint32_t ready = 0;
  std::uint32_t init_failures = 0;  // since a worker became ready
  bool ever_ready = false;
  bool gave_up = false;  // init rule 1
  TimePoint start_after{};
};

// Nodes and live workers, with the counts that decisions need. Pointers stay valid until the thing
// itself is removed.
class WorkerTable {
 public:
  Node* node(NodeId id);
  Node& add_node(NodeId id);
  void remove_node(NodeId id);  // its workers must be gone
  const std::vector<std::unique_ptr<Node>>& nodes() const { return nodes_; }
  // Numbers below `process` were used on this node, maybe in an earlier life.
  void note_process_used(WorkerId worker);

  Worker* worker(WorkerId id);
  const Worker* worker(WorkerId id) const;
  Worker& start_worker(Node& node);  // with a fresh number
  Worker& adopt_worker(Node& node, std::uint32_t process);
  void remove_worker(WorkerId id);
  void set_state(Worker& worker, WorkerState state);
  std::vector<WorkerId> ids() const;  // sorted, so that effects do not depend on hashing
  std::vector<WorkerId> ids_on(const Node& node) const;

  // Changes what a worker holds; all changes go through here to keep the counts.
  void give(Worker& worker, const LeaseRange& lease, Epoch epoch);
  bool take(Worker& worker, const AttemptId& id);

  std::uint32_t live() const { return static_cast<std::uint32_t>(workers_.size()); }
  std::uint32_t ready() const { return ready_; }
  std::uint32_t starting() const { return starting_; }  // their process runs
  std::uint32_t asked() const { return asked_; }
  std::uint32_t busy() const { return busy_; }  // hold a lease
  std::uint32_t nodes_with_ready() const { return nodes_with_ready_; }
  std::uint64_t held() const { return held_; }
  std::string inconsistency() const;  // for sanity_check()

 private:
  Worker& insert(Node& node, std::uint32_t process);
  void count(Worker& worker, int sign);

  std::vector<std::unique_ptr<Node>> nodes_;
  std::unordered_map<NodeId, Node*> by_id_;
  std::unordered_map<WorkerId, Worker> workers_;
  std::unordered_map<NodeId, std::uint32_t> used_processes_;
  std::uint32_t ready_ = 0, starting_ = 0, asked_ = 0, busy_ = 0, nodes_with_ready_ = 0;
  std::uint64_t held_ = 0;
};

}  // namespace batchmill::parallel
