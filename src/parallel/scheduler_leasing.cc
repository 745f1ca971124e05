#include <algorithm>
#include <utility>

#include "parallel/scheduler_state.h"

namespace batchmill::parallel {

std::uint32_t Scheduler::State::limit_for(const Worker& worker) const {
  // What the rate limit lets through goes to those who have nothing first.
  const bool others_are_idle = workers.ready() > workers.busy() + (worker.held.empty() ? 1 : 0);
  if (rate.limited() && others_are_idle) return 1;
  const std::uint32_t limit = window.narrowed(pool.unfinished(), workers.live());
  if (rules.fixed_window > 0) return limit;
  const bool small = rate.limited() || worker.held.has_retry();
  return small ? std::min(limit, LeaseWindow::kBase) : limit;
}

// How many of `most` leases may go out now; asks to be called again when the rate limit allows
// none although there is work.
std::uint32_t Scheduler::State::allowed(std::uint32_t most, Turn& turn) {
  const std::uint32_t count = rate.allowed(most, turn.now);
  if (count == 0 && pool.available()) tokens_due_at = std::min(tokens_due_at, rate.next());
  return count;
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
    const std::uint32_t most = allowed(limit - worker.held.size(), turn);
    if (most == 0) break;
    auto range = pool.take_retry(worker.id, others, turn.now);
    if (!range) {
      range = pool.take_first_tries(most);
    } else if (rules.fixed_window == 0) {
      limit = std::min(limit, LeaseWindow::kBase);
    }
    if (!range) break;
    rate.take(range->count, turn.now);
    workers.give(worker, *range, epoch);
    lease.ranges.push_back(*range);
  }
  if (!lease.ranges.empty()) {
    worker.revoked = false;
    if (was_idle) {
      worker.last_moved = worker.oldest_since = turn.now;
      watchdogs.task_started(turn.now);
    }
    turn.effects.emplace_back(std::move(lease));
  }
  if (worker.held.size() <= limit / 2) enlist(worker, turn.now);
}

void Scheduler::State::enlist(Worker& worker, TimePoint now) {
  retry_release_at = std::min(retry_release_at, pool.next_release(now));
  if (worker.wants_work) return;
  worker.wants_work = true;
  (worker.held.empty() ? idle : thirsty).push_back(worker.id);
}

void Scheduler::State::feed_hungry(Turn& turn) {
  retry_release_at = tokens_due_at = kNever;
  for (std::deque<WorkerId>* list : {&idle, &thirsty}) {
    for (std::size_t left = list->size(); left > 0 && pool.available(); --left) {
      if (allowed(1, turn) == 0) break;
      Worker* worker = workers.worker(list->front());
      list->pop_front();
      if (worker == nullptr || !worker->wants_work) continue;
      worker->wants_work = false;
      feed(*worker, turn);
    }
  }
  if (!idle.empty()) retry_release_at = std::min(retry_release_at, pool.next_release(turn.now));
}

bool Scheduler::State::has_idle_and_queued() const {
  if (rules.fixed_window > 0) return false;  // what such a worker holds it works on, all at once
  const bool nothing_to_give = !pool.available() || tokens_due_at != kNever;
  return workers.busy() < workers.ready() && workers.held() > workers.busy() && nothing_to_give;
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
