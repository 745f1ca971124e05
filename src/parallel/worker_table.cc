#include "parallel/worker_table.h"

#include <algorithm>

namespace batchmill::parallel {

Node* WorkerTable::node(NodeId id) {
  auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

Node& WorkerTable::add_node(NodeId id) {
  nodes_.push_back(std::make_unique<Node>());
  Node& node = *nodes_.back();
  node.id = id;
  if (auto used = used_processes_.find(id); used != used_processes_.end()) {
    node.next_process = used->second;
  }
  by_id_[id] = &node;
  return node;
}

void WorkerTable::remove_node(NodeId id) {
  by_id_.erase(id);
  std::erase_if(nodes_, [&](const std::unique_ptr<Node>& each) { return each->id == id; });
}

void WorkerTable::note_process_used(WorkerId worker) {
  std::uint32_t& next = used_processes_[worker.node];
  next = std::max(next, worker.process + 1);
}

Worker* WorkerTable::worker(WorkerId id) {
  auto found = workers_.find(id);
  return found == workers_.end() ? nullptr : &found->second;
}

const Worker* WorkerTable::worker(WorkerId id) const {
  auto found = workers_.find(id);
  return found == workers_.end() ? nullptr : &found->second;
}

Worker& WorkerTable::insert(Node& node, std::uint32_t process) {
  Worker& worker = workers_[WorkerId{node.id, process}];
  worker.id = WorkerId{node.id, process};
  node.processes.push_back(process);
  node.next_process = std::max(node.next_process, process + 1);
  count(worker, +1);
  return worker;
}

Worker& WorkerTable::start_worker(Node& node) { return insert(node, node.next_process); }

Worker& WorkerTable::adopt_worker(Node& node, std::uint32_t process) {
  return insert(node, process);
}

void WorkerTable::remove_worker(WorkerId id) {
  auto found = workers_.find(id);
  if (found == workers_.end()) return;
  count(found->second, -1);
  if (!found->second.held.empty()) --busy_;
  held_ -= found->second.held.size();
  if (Node* home = node(id.node)) std::erase(home->processes, id.process);
  workers_.erase(found);
}

void WorkerTable::count(Worker& worker, int sign) {
  const auto step = static_cast<std::uint32_t>(sign);  // wraps around for -1, as intended
  switch (worker.state) {
    case WorkerState::kAsked:
      asked_ += step;
      return;
    case WorkerState::kStarting:
      starting_ += step;
      return;
    case WorkerState::kReady: {
      ready_ += step;
      Node* home = node(worker.id.node);
      if (home == nullptr) return;
      if (sign > 0 && home->ready == 0) ++nodes_with_ready_;
      home->ready += step;
      if (sign < 0 && home->ready == 0) --nodes_with_ready_;
      return;
    }
    case WorkerState::kStopping:
      return;
  }
}

void WorkerTable::set_state(Worker& worker, WorkerState state) {
  count(worker, -1);
  worker.state = state;
  count(worker, +1);
}

std::vector<WorkerId> WorkerTable::ids() const {
  std::vector<WorkerId> ids;
  ids.reserve(workers_.size());
  for (const auto& [id, worker] : workers_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::vector<WorkerId> WorkerTable::ids_on(const Node& node) const {
  std::vector<WorkerId> ids;
  for (std::uint32_t process : node.processes) ids.push_back({node.id, process});
  std::sort(ids.begin(), ids.end());
  return ids;
}

void WorkerTable::give(Worker& worker, const LeaseRange& lease, Epoch epoch) {
  if (lease.count == 0) return;
  if (worker.held.empty()) ++busy_;
  worker.held.add(lease, epoch);
  held_ += lease.count;
}

bool WorkerTable::take(Worker& worker, const AttemptId& id) {
  if (!worker.held.remove(id)) return false;
  if (worker.held.empty()) --busy_;
  --held_;
  return true;
}

std::string WorkerTable::inconsistency() const {
  std::uint64_t held = 0;
  std::uint32_t ready = 0, busy = 0, listed = 0;
  for (const auto& [id, worker] : workers_) {
    held += worker.held.size();
    if (worker.state == WorkerState::kReady) ++ready;
    if (!worker.held.empty()) ++busy;
  }
  for (const auto& node : nodes_) listed += static_cast<std::uint32_t>(node->processes.size());
  if (held != held_) return "the number of held leases is wrong";
  if (ready != ready_) return "the number of ready workers is wrong";
  if (busy != busy_) return "the number of busy workers is wrong";
  if (listed != live()) return "a worker is on no node, or on two";
  return "";
}

}  // namespace batchmill::parallel
