#include <algorithm>
#include <utility>

#include "parallel/retry_policy.h"
#include "parallel/scheduler_state.h"
#include "parallel/tallying.h"

namespace batchmill::parallel {
namespace {

// How long a mini-batch keeps its worker from the next one: the next loads while this one runs.
Duration occupied(const Outcome& outcome) {
  return std::max(outcome.run, outcome.elapsed - outcome.run);
}

bool measures_the_script(AttemptStatus status) {
  return status == AttemptStatus::kRunDone || status == AttemptStatus::kRunShort ||
         status == AttemptStatus::kRunException;
}

}  // namespace

void Scheduler::State::on(const AttemptFinished& event, Turn& turn) {
  watchdogs.task_started(turn.now);
  Worker* worker = workers.worker(event.worker);
  const bool held = worker != nullptr && workers.take(*worker, event.id);
  if (worker != nullptr) {
    worker->last_moved = worker->oldest_since = turn.now;
    worker->revoked = false;
  }
  if (held && measures_the_script(event.outcome.status) && event.id.part.is_whole()) {
    window.measure(occupied(event.outcome));
  }
  take_result(event.worker, event.id, event.outcome, held, turn);
  if (worker != nullptr) feed(*worker, turn);
}

void Scheduler::State::take_result(WorkerId worker, const AttemptId& id, const Outcome& outcome,
                                   bool held, Turn& turn) {
  Twins* twins = pool.twins().find(id);
  const std::uint32_t items = items_given(id, outcome);
  const History before = twins != nullptr ? twins->history : pool.history(id);
  const Ruling ruling = rule_on(outcome, before, rules, id.part, items);
  const bool good = ruling.status == AttemptStatus::kRunDone;
  if (!pool.accepts(id, held, good, epoch)) return;
  if (commit_failed) {
    if (held) lease_ended(id, turn.now);
    return;
  }
  AttemptRecord record{id, worker, outcome, ruling.final, ruling.rows_count};
  record.outcome.status = ruling.status;
  record.outcome.total = items;
  record.split = ruling.split;
  if (twins != nullptr) return take_twin_result(*twins, std::move(record), turn);
  pool.settle(id);
  groups.add(std::move(record), turn.now);
}

// What the outcome says, else what was asked for: a worker that died could not count.
std::uint32_t Scheduler::State::items_given(const AttemptId& id, const Outcome& outcome) const {
  if (outcome.total > 0 || outcome.status == AttemptStatus::kRunDone) return outcome.total;
  if (!id.part.is_whole()) return id.part.count;
  return rules.items_of ? rules.items_of(id.mini_batch) : 0;
}

void Scheduler::State::on(const LeasesReturned& event, Turn& turn) {
  Worker* worker = workers.worker(event.worker);
  if (worker == nullptr) return;
  for (const LeaseRange& range : event.ranges) {
    for (std::uint32_t i = 0; i < range.count; ++i) {
      const AttemptId id = attempt_in(range, i, event.epoch);
      if (!workers.take(*worker, id)) continue;
      if (event.epoch == epoch) rate.give_back(1);
      lease_ended(id, turn.now);
    }
  }
  if (worker->state == WorkerState::kReady) enlist(*worker, turn.now);
  work_changed = true;
}

void Scheduler::State::on(const Committed& event, Turn& turn) {
  const auto results = groups.answered(event.group);
  if (!results) return;
  for (const Settled& result : *results) {
    add_to(tally, result);
    apply(result, turn.now);
  }
  figures_changed = true;
}

// What follows from a result that is durable now.
void Scheduler::State::apply(const Settled& result, TimePoint now) {
  const Durability of_twins = twin_result_is_durable(result.id);
  if (result.final) {
    const auto end = pool.finish(result.id, result.status == AttemptStatus::kRunDone);
    if (end) add_finished(tally, *end);
  } else if (result.split) {
    schedule_halves(result, now);
  } else if (!of_twins.decided) {
    pool.remember_failure(result.id, result.status);
    if (!of_twins.one_is_left) schedule_retry(result, now);
  }
}

// A try that failed is durable before the next one starts, so a restart forgets none.
void Scheduler::State::schedule_retry(const Settled& failed, TimePoint now) {
  const History history = pool.history(failed.id);
  Retry retry = next_try(failed, history, now);
  retry.attempt = history.next_attempt;
  pool.retry(retry, now);
  work_changed = staff_changed = true;
}

void Scheduler::State::schedule_halves(const Settled& failed, TimePoint now) {
  History history = pool.history(failed.id);
  remember(history, failed.status, failed.id.number);
  Retry retry = next_try(failed, history, now);
  for (const ItemRange& half : pool.cut(failed.id, failed.total)) {
    retry.part = half;
    pool.retry(retry, now);
  }
  work_changed = staff_changed = true;
}

// When and where something is tried again, given the history with the failed attempt entered.
Retry Scheduler::State::next_try(const Settled& failed, const History& history,
                                 TimePoint now) const {
  Retry retry;
  retry.mini_batch = failed.id.mini_batch;
  retry.part = failed.id.part;
  retry.not_before = now + retry_delay(failed.status, history);
  retry.avoid = failed.worker;
  retry.avoid_node = failed.status == AttemptStatus::kProcessCrashed;
  retry.avoid_until = is_charged(failed.status) ? now + kAvoidFor : now;
  return retry;
}

// Nothing of the group is durable, so nothing more may count: what it held stays unfinished.
void Scheduler::State::on(const CommitFailed& event, Turn& turn) {
  if (!groups.answered(event.group)) return;
  commit_failed = true;
  groups.discard_open();
  end_step({Verdict::kFailed, Cause::kCommitFailed, event.reason, ""}, turn);
}

}  // namespace batchmill::parallel
