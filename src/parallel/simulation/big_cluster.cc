#include "parallel/simulation/big_cluster.h"

#include <algorithm>

namespace batchmill::parallel::simulation {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReportsPerMessage = 16;
constexpr std::size_t kUsualRanges = 16;

StepRules rules_for(std::uint32_t workers_per_node) {
  StepRules rules;
  rules.workers_per_node = workers_per_node;
  return rules;
}

}  // namespace

BigCluster::BigCluster(const Size& size)
    : size_(size),
      queues_(std::size_t{size.nodes} * size.workers_per_node),
      scheduler_(rules_for(size.workers_per_node), Epoch{1}, now_) {
  for (Queue& queue : queues_) queue.ranges.reserve(kUsualRanges);
  effects_.reserve(queues_.size() + kReportsPerMessage);
  outcome_.run = outcome_.elapsed = size.run;
}

WorkerId BigCluster::worker(std::size_t index) const {
  return {NodeId{static_cast<std::uint32_t>(index / size_.workers_per_node)},
          static_cast<std::uint32_t>(index % size_.workers_per_node)};
}

void BigCluster::staff() {
  for (std::uint32_t node = 0; node < size_.nodes; ++node) tell(NodeJoined{NodeId{node}, {}});
  now_ += 1s;  // all start, although nothing is planned
  tell(Tick{});
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    tell(WorkerStarting{worker(i)});
    tell(WorkerReady{worker(i)});
  }
}

// Workers report in turn, a handful of results each, as messages bring them.
void BigCluster::run(std::uint64_t mini_batches) {
  tell(PlanComplete{mini_batches, 0});
  while (!scheduler_.finished()) {
    bool any = false;
    for (std::size_t i = 0; i < queues_.size(); ++i) any |= report(i);
    if (!any && scheduler_.next_deadline() != kNever) {
      now_ = std::max(now_, scheduler_.next_deadline());
      ++work_.ticks;
      tell(Tick{});
    }
  }
}

bool BigCluster::report(std::size_t index) {
  Queue& queue = queues_[index];
  bool any = false;
  for (std::size_t left = kReportsPerMessage; left > 0 && queue.next < queue.ranges.size();
       --left) {
    LeaseRange& range = queue.ranges[queue.next];
    AttemptFinished finished{worker(index), {range.first, Epoch{1}, range.attempt}, outcome_};
    ++range.first.value;
    if (--range.count == 0) ++queue.next;
    if (size_.fails_one_in > 0 && ++reports_ % size_.fails_one_in == 0) {
      finished.outcome.status = AttemptStatus::kRunException;
    }
    now_ += size_.run / static_cast<std::int64_t>(queues_.size());
    tell(finished);
    any = true;
    if (size_.run > 1ms) break;
  }
  return any;
}

void BigCluster::tell(const Event& event) {
  ++work_.events;
  effects_.clear();
  scheduler_.handle(event, now_, effects_);
  for (std::size_t i = 0; i < effects_.size(); ++i) {
    const Effect effect = std::move(effects_[i]);
    obey(effect, effects_);
  }
}

void BigCluster::obey(const Effect& effect, std::vector<Effect>& more) {
  if (const auto* lease = std::get_if<Lease>(&effect)) {
    ++work_.leases;
    const WorkerId id = lease->worker;
    Queue& queue = queues_[std::size_t{id.node.value} * size_.workers_per_node + id.process];
    queue.ranges.erase(queue.ranges.begin(),
                       queue.ranges.begin() + static_cast<std::ptrdiff_t>(queue.next));
    queue.next = 0;
    queue.ranges.insert(queue.ranges.end(), lease->ranges.begin(), lease->ranges.end());
  } else if (const auto* commit = std::get_if<Commit>(&effect)) {
    ++work_.commits;
    scheduler_.handle(Committed{commit->group}, now_, more);
  } else {
    ++work_.other_effects;
    const auto* stop = std::get_if<StopWorker>(&effect);
    if (stop != nullptr) scheduler_.handle(WorkerExited{stop->worker, true}, now_, more);
  }
}

}  // namespace batchmill::parallel::simulation
