#include <algorithm>

#include "parallel/simulation/cluster.h"

namespace batchmill::parallel::simulation {
namespace {

using namespace std::chrono_literals;

constexpr Duration kQuickest = 20us;
constexpr Duration kSlowest = 3ms;

}  // namespace

void Cluster::start_node() {
  const std::uint32_t node = next_node_++;
  ++statistics_.nodes;
  Link& link = links_[node];
  link.agent =
      std::make_unique<SimulatedAgent>(NodeId{node}, scenario_, time_, random_, executions_,
                                       [this, node](const Report& report) { up(node, report); });
  time_.after(random_.duration(1ms, 500ms), [this, node] { dial(node); });
}

// Connects and says what is there; then everything that was never acknowledged follows.
void Cluster::dial(std::uint32_t node) {
  Link& link = links_[node];
  if (link.agent->is_dead() || link.connection != 0) return;
  if (!scheduler_) {
    time_.after(random_.duration(10ms, 1s), [this, node] { dial(node); });
    return;
  }
  if (link.given_up) {
    link.agent->die();
    return;
  }
  ++statistics_.connections;
  link.connection = ++next_connection_;
  link.heard = 0;
  link.last_up = link.last_down = time_.now();
  up(node, Report{0, link.agent->hello(random_.chance(0.3))});
  for (const Report& each : link.agent->unacknowledged()) up(node, each);
}

// What was on its way is lost, both ways.
void Cluster::hang_up(std::uint32_t node) {
  Link& link = links_[node];
  link.connection = 0;
  link.joined = false;
}

// When a message arrives. The channel keeps the order; that the scheduler does not rely on it is
// what overtaking shows.
TimePoint Cluster::arrival(TimePoint& last, bool may_be_overtaken) {
  const TimePoint next = std::max(last, time_.now()) + random_.duration(kQuickest, kSlowest);
  if (may_be_overtaken && random_.chance(scenario_.reordered)) {
    return next + random_.duration(1ms, 1s);
  }
  last = next;
  if (random_.chance(scenario_.stalled)) last += random_.duration(10ms, 5s);
  return last;
}

void Cluster::up(std::uint32_t node, const Report& report) {
  Link& link = links_[node];
  if (link.connection == 0) return;
  const TimePoint arrives = arrival(link.last_up, report.sequence > 0);
  const auto deliver_it = [this, node, connection = link.connection, report] {
    deliver(node, connection, report);
  };
  time_.at(arrives, deliver_it);
  if (report.sequence > 0 && random_.chance(scenario_.doubled)) {
    time_.at(arrives + random_.duration(0ms, 100ms), deliver_it);
  }
}

void Cluster::deliver(std::uint32_t node, std::uint64_t connection, const Report& report) {
  Link& link = links_[node];
  if (link.connection != connection || !scheduler_) return;
  link.heard = std::max(link.heard, report.sequence);
  if (report.sequence > 0 || std::holds_alternative<WorkerBusy>(report.event)) {
    return tell(report.event);
  }
  link.joined = true;
  tell(report.event);
  tell_if_all_are_back();
}

void Cluster::tell_if_all_are_back() {
  const bool all = std::all_of(links_.begin(), links_.end(), [](const auto& each) {
    return each.second.joined || each.second.given_up;
  });
  if (all) tell(AllNodesBack{});
}

void Cluster::down(WorkerId worker, const Effect& command) {
  auto found = links_.find(worker.node.value);
  if (found == links_.end() || found->second.connection == 0) return;
  Link& link = found->second;
  // A start that comes after its stop would leave a worker behind: here the order is relied on.
  const bool is_start = std::holds_alternative<StartWorker>(command);
  const TimePoint arrives = arrival(link.last_down, !is_start);
  const auto obey_it = [this, node = found->first, connection = link.connection, command,
                        epoch = ledger_.epoch] {
    Link& there = links_[node];
    if (there.connection == connection) there.agent->obey(command, epoch);
  };
  time_.at(arrives, obey_it);
  if (!is_start && random_.chance(scenario_.doubled)) {
    time_.at(arrives + random_.duration(0ms, 100ms), obey_it);
  }
}

void Cluster::heartbeats() {
  for (auto& [node, link] : links_) {
    if (link.agent->is_dead() || !link.joined) continue;
    for (const WorkerBusy& beat : link.agent->heartbeat()) up(node, Report{0, beat});
  }
  time_.after(1s, [this] { heartbeats(); });
}

}  // namespace batchmill::parallel::simulation
