#include <algorithm>
#include <limits>
#include <utility>

#include "parallel/init_rules.h"
#include "parallel/scheduler_state.h"

namespace batchmill::parallel {

// ---- nodes

void Scheduler::State::on(const NodeJoined& event, Turn& turn) {
  Node* node = workers.node(event.node);
  const bool again = node != nullptr;
  if (!again) node = &workers.add_node(event.node);
  if (again) reconcile(*node, event, turn.now);
  node->next_process = std::max(node->next_process, event.next_process);
  for (const AdoptedWorker& each : event.adopted) adopt(*node, each, turn);
  if (stage != Stage::kRunning) repeat_ending(*node, turn);
  work_changed = staff_changed = true;
}

void Scheduler::State::on(const AllNodesBack&, Turn& turn) {
  pool.release_waiting_by(turn.now + kReplayGrace);
}

// After a reconnection: workers that the agent does not name are gone. What they held waits a
// moment, because their last results may be on the way.
void Scheduler::State::reconcile(Node& node, const NodeJoined& event, TimePoint now) {
  for (const WorkerId id : workers.ids_on(node)) {
    const bool named = std::any_of(event.adopted.begin(), event.adopted.end(),
                                   [&](const AdoptedWorker& each) { return each.worker == id; });
    Worker& worker = *workers.worker(id);
    const std::vector<HeldLeases::Range> ranges = worker.held.ranges();
    for (const HeldLeases::Range& range : ranges) {
      for (std::uint32_t i = 0; i < range.lease.count; ++i) {
        const AttemptId lease = attempt_in(range.lease, i, range.epoch);
        workers.take(worker, lease);
        lease_ended(lease, now, now + kReplayGrace);
      }
    }
    worker.revoked = false;
    if (!named) workers.remove_worker(id);
  }
}

void Scheduler::State::adopt(Node& node, const AdoptedWorker& adopted, Turn& turn) {
  if (adopted.worker.node != node.id) return;
  Worker* known = workers.worker(adopted.worker);
  Worker& worker = known != nullptr ? *known : workers.adopt_worker(node, adopted.worker.process);
  worker.last_moved = worker.oldest_since = turn.now;
  for (const LeaseRange& range : adopted.leases) {
    for (std::uint32_t i = 0; i < range.count; ++i) {
      const AttemptId id = attempt_in(range, i, adopted.lease_epoch);
      if (pool.adopt(id) || adopt_twin(id, worker.id)) {
        workers.give(worker, {id.mini_batch, 1, id.number, id.part}, id.epoch);
      } else {
        call_off_again(id, worker.id, turn);
      }
    }
  }
  if (worker.state == WorkerState::kStopping) return;
  if (!adopted.ready) {
    if (worker.state == WorkerState::kAsked) workers.set_state(worker, WorkerState::kStarting);
    last_start = turn.now;
    note_start(turn.now);
    return;
  }
  if (worker.state != WorkerState::kReady) workers.set_state(worker, WorkerState::kReady);
  node.ever_ready = ever_ready = true;
  watchdogs.progressed(turn.now);
  if (!worker.held.empty()) watchdogs.task_started(turn.now);
  enlist(worker, turn.now);
}

void Scheduler::State::on(const NodeLost& event, Turn& turn) {
  Node* node = workers.node(event.node);
  if (node == nullptr) return;
  for (const WorkerId id : workers.ids_on(*node)) {
    Worker& worker = *workers.worker(id);
    // The oldest lease was the one that ran: it is the only one that was lost as an attempt.
    const auto oldest = worker.held.oldest();
    if (oldest && worker.state == WorkerState::kReady && pool.is_leased_as(*oldest)) {
      Outcome lost;
      lost.status = AttemptStatus::kNodeLost;
      workers.take(worker, *oldest);
      take_result(id, *oldest, lost, true, turn);
    }
    give_back_all(worker, turn.now);
    workers.remove_worker(id);
  }
  workers.remove_node(event.node);
  work_changed = staff_changed = true;
}

void Scheduler::State::on(const NoNodesLeft& event, Turn& turn) {
  end_step({Verdict::kFailed, Cause::kAllNodesLost, event.reason, ""}, turn);
}

// ---- workers

void Scheduler::State::on(const WorkerStarting& event, Turn& turn) {
  Worker* worker = workers.worker(event.worker);
  if (worker == nullptr || worker->state != WorkerState::kAsked) return;
  workers.set_state(*worker, WorkerState::kStarting);
  last_start = turn.now;
  note_start(turn.now);
}

void Scheduler::State::on(const WorkerReady& event, Turn& turn) {
  Worker* worker = workers.worker(event.worker);
  if (worker == nullptr) {
    // Nobody here counts on it, and it would stay for ever.
    if (workers.node(event.worker.node) != nullptr) {
      turn.effects.emplace_back(StopWorker{event.worker, true});
    }
    return;
  }
  if (worker->state == WorkerState::kReady || worker->state == WorkerState::kStopping) return;
  workers.set_state(*worker, WorkerState::kReady);
  Node& node = *workers.node(event.worker.node);
  node.ever_ready = ever_ready = true;
  node.gave_up = false;
  node.init_failures = 0;
  watchdogs.progressed(turn.now);
  enlist(*worker, turn.now);
  work_changed = true;
}

void Scheduler::State::on(const WorkerFailed& event, Turn& turn) {
  init_failed(event.worker, event.kind, event.error, turn);
}

void Scheduler::State::init_failed(WorkerId id, InitFailure kind, const std::string& error,
                                   Turn& turn) {
  Worker* worker = workers.worker(id);
  if (worker == nullptr) return;
  const bool was_told_to_stop = worker->state == WorkerState::kStopping;
  give_back_all(*worker, turn.now);
  workers.remove_worker(id);
  work_changed = staff_changed = true;
  if (was_told_to_stop) return;
  ++init_failures;
  init_error = error;
  Node& node = *workers.node(id.node);
  ++node.init_failures;
  node.gave_up = node_gives_up(node.init_failures, node.ever_ready, rules.workers_per_node);
  node.start_after = turn.now + start_delay(node.init_failures, rules.workers_per_node);
  if (kind == InitFailure::kScript) end_step({Verdict::kFailed, Cause::kScript, "", error}, turn);
}

void Scheduler::State::on(const WorkerExited& event, Turn& turn) {
  Worker* worker = workers.worker(event.worker);
  if (worker == nullptr) return;
  const bool in_init =
      worker->state == WorkerState::kAsked || worker->state == WorkerState::kStarting;
  if (in_init && !event.asked) {
    init_failed(event.worker, InitFailure::kCrash, "", turn);
    return;
  }
  give_back_all(*worker, turn.now);
  workers.remove_worker(event.worker);
  work_changed = staff_changed = true;
}

void Scheduler::State::give_back_all(Worker& worker, TimePoint now) {
  const std::vector<HeldLeases::Range> ranges = worker.held.ranges();
  for (const HeldLeases::Range& range : ranges) {
    for (std::uint32_t i = 0; i < range.lease.count; ++i) {
      const AttemptId id = attempt_in(range.lease, i, range.epoch);
      workers.take(worker, id);
      if (range.epoch == epoch) rate.give_back(1);
      lease_ended(id, now);
    }
  }
}

void Scheduler::State::on(const WorkerBusy& event, Turn& turn) {
  Worker* worker = workers.worker(event.worker);
  if (worker == nullptr || !event.running) return;
  const auto oldest = worker->held.oldest();
  if (oldest && oldest->mini_batch == event.mini_batch) {
    worker->oldest_since = turn.now - std::max(event.running_for, Duration::zero());
  }
  if (worker->running_known && worker->running == event.mini_batch) return;
  worker->running_known = true;
  worker->running = event.mini_batch;
  worker->last_moved = turn.now;
  watchdogs.task_started(turn.now);
}

// ---- starting

// Workers beyond the remaining work would only run init(). While the plan grows it is unknown what
// remains, so all are started after a moment.
std::uint64_t Scheduler::State::workers_wanted(TimePoint now) const {
  const std::uint64_t capacity = workers.nodes().size() * rules.workers_per_node;
  const std::uint64_t work = pool.unfinished() + pool.waiting();
  if (pool.complete()) return std::min(capacity, work);
  if (now < started + kStartEagerlyAfter) {
    return std::min(capacity, std::max<std::uint64_t>(work, 1));
  }
  return capacity;
}

void Scheduler::State::start_one(Node& node, Turn& turn) {
  if (node.gave_up) return;
  const TimePoint earliest = std::max(node.start_after, next_start);
  if (turn.now < earliest) {
    starts_due_at = std::min(starts_due_at, earliest);
    return;
  }
  note_start(turn.now);
  turn.effects.emplace_back(StartWorker{workers.start_worker(node).id});
}

// Counted from when a worker was asked for and from when its process began, because between the two
// it may wait for a core.
void Scheduler::State::note_start(TimePoint now) {
  if (rules.init_stagger > Duration::zero()) next_start = now + rules.init_stagger;
}

void Scheduler::State::start_workers(Turn& turn) {
  starts_due_at = kNever;
  const std::uint64_t wanted = workers_wanted(turn.now);
  // Level by level, so that few workers are spread over all nodes.
  for (std::uint32_t level = 0; level < rules.workers_per_node; ++level) {
    for (const auto& node : workers.nodes()) {
      if (workers.live() >= wanted) break;
      if (node->processes.size() == level) start_one(*node, turn);
    }
  }
  const TimePoint eager = started + kStartEagerlyAfter;
  if (!pool.complete() && turn.now < eager) starts_due_at = std::min(starts_due_at, eager);
}

}  // namespace batchmill::parallel
