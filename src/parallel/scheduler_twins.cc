#include <algorithm>
#include <tuple>
#include <utility>

#include "parallel/scheduler_state.h"

namespace batchmill::parallel {
namespace {

// A run is a straggler when it takes so many times as long as the slow ones do.
constexpr int kStragglerFactor = 2;
constexpr Duration kShortestStraggler = std::chrono::seconds(1);
constexpr Duration kLookEvery = std::chrono::milliseconds(100);
constexpr Duration kLookAtLeastEvery = std::chrono::seconds(1);

// One on another node if there is one, else any; not the worker itself.
std::vector<WorkerId>::iterator best_for(std::vector<WorkerId>& free, WorkerId straggler) {
  const auto elsewhere = std::find_if(
      free.begin(), free.end(), [&](const WorkerId& each) { return each.node != straggler.node; });
  return elsewhere != free.end() ? elsewhere : free.begin();
}

}  // namespace

// From here on a running attempt is a straggler; nothing while too little is known of the others.
std::optional<Duration> Scheduler::State::straggles_after() const {
  const auto slow = window.slow_run();
  if (!slow) return std::nullopt;
  const bool enough =
      window.samples() >= LeaseWindow::kMeasured || 2 * pool.table().done() >= pool.planned();
  if (!enough) return std::nullopt;
  return std::max<Duration>(kStragglerFactor * *slow, kShortestStraggler);
}

// Gives stragglers a twin when there is nothing else to do.
void Scheduler::State::speculate(Turn& turn) {
  const bool nothing_else = pool.complete() && !pool.available();
  if (!rules.speculation || !nothing_else || workers.busy() >= workers.ready()) {
    speculate_at = kNever;
    return;
  }
  if (speculate_at == kNever) speculate_at = std::max(turn.now, last_speculated + kLookEvery);
  if (turn.now < speculate_at) return;
  last_speculated = turn.now;
  speculate_at = turn.now + kLookAtLeastEvery;
  const auto limit = straggles_after();
  if (!limit) return;
  std::vector<WorkerId> free;
  for (const Straggler& each : stragglers(*limit, turn.now, free)) {
    if (free.empty() || rate.allowed(1, turn.now) == 0) break;
    const auto second = best_for(free, each.worker);
    lease_twin(each, *workers.worker(*second), turn);
    free.erase(second);
  }
  speculate_at = std::max(speculate_at, turn.now + kLookEvery);
}

// The slowest first; also those who are `free` to help, and when to look again.
std::vector<Scheduler::State::Straggler> Scheduler::State::stragglers(Duration limit, TimePoint now,
                                                                      std::vector<WorkerId>& free) {
  std::vector<Straggler> found;
  for (const WorkerId id : workers.ids()) {
    const Worker& worker = *workers.worker(id);
    if (worker.state != WorkerState::kReady) continue;
    const auto oldest = worker.held.oldest();
    if (!oldest) {
      free.push_back(id);
    } else if (pool.may_get_twin(*oldest)) {
      const TimePoint due = worker.oldest_since + limit;
      if (due <= now) {
        found.push_back({worker.oldest_since, id, *oldest});
      } else {
        speculate_at = std::min(speculate_at, due);
      }
    }
  }
  std::sort(found.begin(), found.end(), [](const Straggler& a, const Straggler& b) {
    return std::tie(a.since, a.worker) < std::tie(b.since, b.worker);
  });
  return found;
}

void Scheduler::State::lease_twin(const Straggler& straggler, Worker& second, Turn& turn) {
  const AttemptId& first = straggler.attempt;
  const auto number = static_cast<std::uint16_t>(first.number + 1);
  const LeaseRange range{first.mini_batch, 1, number, first.part};
  pool.twins().add({first, straggler.worker}, {attempt_in(range, 0, epoch), second.id},
                   pool.history(first));
  workers.give(second, range, epoch);
  rate.take(1, turn.now);
  second.revoked = false;
  second.last_moved = second.oldest_since = turn.now;
  watchdogs.task_started(turn.now);
  turn.effects.emplace_back(Lease{second.id, {range}});
}

// A new leader finds both; or one of them comes back with its agent.
bool Scheduler::State::adopt_twin(const AttemptId& id, WorkerId by) {
  if (!rules.speculation || pool.phase(id) != Phase::kLeased) return false;
  if (Twins* twins = pool.twins().find(id)) {
    Twins::Side* side = twins->side(id);
    if (side == nullptr || side->runs || side->reported) return false;
    side->runs = true;
    side->worker = by;
    return true;
  }
  if (id.number < pool.history(id).next_attempt) return false;
  for (const WorkerId other : workers.ids()) {
    for (const HeldLeases::Range& range : workers.worker(other)->held.ranges()) {
      const bool same = range.lease.part == id.part && id.mini_batch >= range.lease.first &&
                        id.mini_batch.value - range.lease.first.value < range.lease.count;
      if (!same) continue;
      AttemptId first{id.mini_batch, range.epoch, range.lease.attempt, id.part};
      if (first.number == id.number || !pool.is_leased_as(first)) continue;
      pool.twins().add({first, other}, {id, by}, pool.history(id));
      return true;
    }
  }
  return false;
}

void Scheduler::State::take_twin_result(Twins& twins, AttemptRecord record, Turn& turn) {
  Twins::Side* side = twins.side(record.id);
  if (side != nullptr) {
    side->runs = false;
    side->reported = true;
  }
  const bool good = record.outcome.status == AttemptStatus::kRunDone;
  const bool is_last_try = record.final || record.split;
  if (good) {
    twins.last_try.reset();
    call_off(twins, turn);
  } else if (is_last_try && twins.running() > 0) {
    if (!twins.last_try) twins.last_try = std::move(record);
    return;
  } else if (twins.last_try) {
    record = std::move(*twins.last_try);
    twins.last_try.reset();
  }
  commit_of_twins(twins, std::move(record), turn.now);
}

// The other one is of no use any more. Where a process works on many mini-batches at once its end
// would cost more than it saves.
void Scheduler::State::call_off(Twins& twins, Turn& turn) {
  for (Twins::Side& side : twins.sides) {
    if (side.runs && rules.fixed_window == 0) {
      turn.effects.emplace_back(
          KillAttempt{side.worker, side.id.mini_batch, AttemptStatus::kCanceled, side.id.part});
    }
    side.runs = false;
  }
}

// Its agent comes back with an attempt that is of no use: the order to end it may be lost.
void Scheduler::State::call_off_again(const AttemptId& id, WorkerId by, Turn& turn) {
  if (!rules.speculation || rules.fixed_window > 0) return;
  const Phase phase = pool.phase(id);
  if (phase != Phase::kSucceeded && phase != Phase::kFailed) return;
  turn.effects.emplace_back(KillAttempt{by, id.mini_batch, AttemptStatus::kCanceled, id.part});
}

void Scheduler::State::commit_of_twins(Twins& twins, AttemptRecord record, TimePoint now) {
  twins.decided = record.final || record.split;
  if (!twins.decided) remember(twins.history, record.outcome.status, record.id.number);
  ++twins.unanswered;
  if (twins.running() == 0) pool.settle(record.id);
  groups.add(std::move(record), now);
}

// An attempt that will not report: its lease came back or its worker is gone. `until`: its result
// may still arrive so long.
void Scheduler::State::lease_ended(const AttemptId& id, TimePoint now,
                                   std::optional<TimePoint> until) {
  if (!pool.is_leased_as(id)) return;
  if (Twins* twins = pool.twins().find(id)) {
    twins->side(id)->runs = false;
    if (twins->running() > 0) return;
    if (twins->last_try && !commit_failed) {
      AttemptRecord record = std::move(*twins->last_try);
      twins->last_try.reset();
      return commit_of_twins(*twins, std::move(record), now);
    }
    if (twins->unanswered > 0) return pool.settle(id);
    // Both may come back with their agents, so the lower number must not look superseded.
    const AttemptId first = twins->first_unreported().value_or(id);
    pool.twins().remove(id);
    return until ? pool.wait_for_agent(first, *until) : pool.give_back(first, now);
  }
  return until ? pool.wait_for_agent(id, *until) : pool.give_back(id, now);
}

// A result is durable, maybe of twins. Those that are over are forgotten.
Scheduler::State::Durability Scheduler::State::twin_result_is_durable(const AttemptId& id) {
  Twins* twins = pool.twins().find(id);
  if (twins == nullptr) return {};
  --twins->unanswered;
  const Durability result{twins->decided, twins->running() > 0 || twins->unanswered > 0};
  if (!result.one_is_left) pool.twins().remove(id);
  return result;
}

}  // namespace batchmill::parallel
