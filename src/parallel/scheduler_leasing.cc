#include <algorithm>
#include <utility>

#include "parallel/scheduler_state.h"

namespace batchmill::parallel {

std::uint32_t Scheduler::State::limit_for(const Worker& worker) const {
  const std::uint32_t limit = window.narrowed(pool.unfinished(), workers.live());
  return worker.held.has_retry() ? std::min(limit, LeaseWindow::kBase) : limit;
}

// Tops a worker up once it holds no more than half of what it may, so that leases travel in
// batches.
void Scheduler::State::feed(Worker& worker, Turn& turn) {
  if (stage != Stage::kRunning || worker.state != WorkerState::kReady) return;
  std::uint32_t limit = limit_for(worker);
  if (worker.held.size() > limit / 2) return;
  const bool was_idle = worker.held.empty();
  const WorkPool::Others others{
      workers.ready() > 1,
      workers.nodes_with_ready() > 1,
  };
  Lease lease{worker.id, {}};
  while (worker.held.size() < limit) {
    auto range = pool.take_retry(worker.id, others, turn.now);
    if (range) {
      limit = std::min(limit, LeaseWindow::kBase);
    } else {
      range = pool.take_first_tries(limit - worker.held.size());
    }
    if (!range) break;
    workers.give(worker, *range, epoch);
    lease.ranges.push_back(*range);
  }
  if (!lease.ranges.empty()) {
    worker.revoked = false;
    if (was_idle) {
      worker.last_moved = turn.now;
      watchdogs.task_started(turn.now);
    }
    turn.effects.emplace_back(std::move(lease));
  }
  if (worker.held.size() <= limit / 2) enlist(worker);
}

void Scheduler::State::enlist(Worker& worker) {
  retry_release_at = std::min(retry_release_at, pool.next_release());
  if (worker.wants_work) return;
  worker.wants_work = true;
  (worker.held.empty() ? idle : thirsty).push_back(worker.id);
}

void Scheduler::State::feed_hungry(Turn& turn) {
  retry_release_at = kNever;
  for (std::deque<WorkerId>* list : {&idle, &thirsty}) {
    for (std::size_t left = list->size(); left > 0 && pool.available(); --left) {
      Worker* worker = workers.worker(list->front());
      list->pop_front();
      if (worker == nullptr || !worker->wants_work) continue;
      worker->wants_work = false;
      feed(*worker, turn);
    }
  }
  if (!idle.empty()) retry_release_at = std::min(retry_release_at, pool.next_release());
}

bool Scheduler::State::has_idle_and_queued() const {
  return workers.busy() < workers.ready() && workers.held() > workers.busy() && !pool.available();
}

// Takes the queues of workers that do not move when others have nothing to do.
void Scheduler::State::rebalance(Turn& turn) {
  if (!has_idle_and_queued()) {
    rebalance_at = kNever;
    rebalance_every = kStuckAfter;
    return;
  }
  if (rebalance_at == kNever) rebalance_at = turn.now + rebalance_every;
  if (turn.now < rebalance_at) return;
  std::uint64_t needed = workers.ready() - workers.busy();
  bool any = false;
  for (const WorkerId id : workers.ids()) {
    if (needed == 0) break;
    Worker& worker = *workers.worker(id);
    const bool stuck = turn.now - worker.last_moved >= kStuckAfter;
    if (worker.held.size() < 2 || worker.revoked || !stuck) continue;
    worker.revoked = true;
    any = true;
    turn.effects.emplace_back(Revoke{id, 1});
    needed -= std::min<std::uint64_t>(needed, worker.held.size() - 1);
  }
  rebalance_every = any ? kStuckAfter : std::min(2 * rebalance_every, kMostBetweenRebalances);
  rebalance_at = turn.now + rebalance_every;
}

}  // namespace batchmill::parallel
