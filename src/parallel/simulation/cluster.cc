#include "parallel/simulation/cluster.h"

#include <fmt/format.h>

namespace batchmill::parallel::simulation {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMostEvents = 2'000'000;
constexpr Duration kMostTime = 48h;

}  // namespace

Cluster::Cluster(std::uint64_t seed)
    : scenario_(seed), random_(seed ^ 0x5eed), oracle_(scenario_, executions_) {}

std::string Cluster::run() {
  calm_at_ = time_.now() + scenario_.calm_after;
  const TimePoint too_late = time_.now() + kMostTime;
  for (std::uint32_t i = 0; i < scenario_.nodes; ++i) start_node();
  start_leader();
  begin_faults();
  heartbeats();
  if (scenario_.cancel_after > Duration::zero()) {
    time_.after(scenario_.cancel_after, [this] {
      cancelled_ = true;
      if (scheduler_) tell(CancelRequested{});
    });
  }
  while (!done_ && oracle_.complaint().empty()) {
    if (!time_.step()) oracle_.complain("nothing will ever happen again");
    if (++statistics_.events > kMostEvents) oracle_.complain("too many events");
    if (time_.now() > too_late) oracle_.complain("it takes for ever");
  }
  statistics_.attempts = executions_.size();
  statistics_.splits = oracle_.splits();
  statistics_.digest = journal_.digest();
  if (oracle_.complaint().empty()) oracle_.complain(journal_.replay(scenario_.rules));
  if (oracle_.complaint().empty()) return "";
  return fmt::format("{}\n  at {:.6f} s of {}", oracle_.complaint(),
                     std::chrono::duration<double>(time_.now() - TimePoint{1h}).count(),
                     scenario_.describe());
}

void Cluster::begin_faults() {
  repeat_fault(scenario_.leader_crashes, &Cluster::crash_leader);
  repeat_fault(scenario_.node_deaths, &Cluster::kill_node);
  repeat_fault(scenario_.worker_deaths, &Cluster::kill_worker);
  repeat_fault(scenario_.connection_losses, &Cluster::cut_connection);
}

void Cluster::repeat_fault(double per_second, void (Cluster::*fault)()) {
  if (per_second <= 0) return;
  const auto mean = static_cast<std::int64_t>(1e9 / per_second);
  const Duration pause = random_.duration(Duration(mean / 10), Duration(2 * mean));
  time_.after(pause, [this, per_second, fault] {
    if (time_.now() > calm_at_) return;
    (this->*fault)();
    repeat_fault(per_second, fault);
  });
}

std::optional<std::uint32_t> Cluster::some_node() {
  std::vector<std::uint32_t> alive;
  for (const auto& [node, link] : links_) {
    if (!link.agent->is_dead()) alive.push_back(node);
  }
  if (alive.empty()) return std::nullopt;
  return alive[random_.below(alive.size())];
}

void Cluster::kill_node() {
  const auto node = some_node();
  if (!node) return;
  hang_up(*node);
  links_[*node].agent->die();
  // Its leader notices after a moment; a leader that starts meanwhile does not even know it.
  time_.after(random_.duration(10ms, 2s), [this, node] { node_is_lost(*node); });
}

void Cluster::kill_worker() {
  if (const auto node = some_node()) links_[*node].agent->kill_some_worker();
}

void Cluster::cut_connection() {
  const auto node = some_node();
  if (!node || links_[*node].connection == 0) return;
  hang_up(*node);
  if (random_.chance(0.2)) {
    // So long that its leader does without it.
    time_.after(random_.duration(10ms, 1s), [this, node] { node_is_lost(*node); });
  }
  time_.after(random_.duration(1ms, 3s), [this, node] { dial(*node); });
}

}  // namespace batchmill::parallel::simulation
