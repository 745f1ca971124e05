#include "parallel/scheduler.h"

#include <algorithm>
#include <utility>

#include "parallel/scheduler_state.h"

namespace batchmill::parallel {

Scheduler::State::State(StepRules step_rules, Epoch leader_epoch, TimePoint now)
    : rules(std::move(step_rules)),
      epoch(leader_epoch),
      started(now),
      window(rules.fixed_window),
      rate(rules.max_mini_batches_per_second),
      watchdogs(rules, now) {
  rules.workers_per_node = std::max(rules.workers_per_node, 1U);
  watchdogs.rest(true, now);
}

Scheduler::Scheduler(StepRules rules, Epoch epoch, TimePoint now)
    : state_(std::make_unique<State>(std::move(rules), epoch, now)) {}
Scheduler::~Scheduler() = default;
Scheduler::Scheduler(Scheduler&&) noexcept = default;
Scheduler& Scheduler::operator=(Scheduler&&) noexcept = default;

void Scheduler::recover(const AttemptRecord& committed) {
  const std::optional<bool> end = state_->pool.recover(committed);
  state_->workers.note_process_used(committed.worker);
  add_to(state_->tally, settled_from(committed));
  if (end) add_finished(state_->tally, *end);
}

void Scheduler::recovered(MiniBatchId lease_high_water, TimePoint now) {
  state_->pool.recovered(lease_high_water, now + kAgentPatience);
  state_->figures_changed = true;
}

void Scheduler::handle(const Event& event, TimePoint now, std::vector<Effect>& effects) {
  if (finished()) return;
  Turn turn{now, effects};
  std::visit([&](const auto& each) { state_->on(each, turn); }, event);
  state_->wrap_up(turn);
}

TimePoint Scheduler::next_deadline() const { return state_->next_deadline(); }
const Tally& Scheduler::tally() const { return state_->tally; }
bool Scheduler::finished() const { return state_->stage == Stage::kFinished; }
std::string Scheduler::sanity_check() const { return state_->inconsistency(); }

void Scheduler::State::wrap_up(Turn& turn) {
  if (pool.next_wake() <= turn.now && pool.wake(turn.now)) work_changed = staff_changed = true;
  if (std::min(retry_release_at, tokens_due_at) <= turn.now) work_changed = true;
  rest_watchdogs(turn.now);
  check_endings(turn);
  if (stage == Stage::kRunning) {
    if (work_changed) feed_hungry(turn);
    if (staff_changed || starts_due_at <= turn.now) start_workers(turn);
    rebalance(turn);
    speculate(turn);
  }
  work_changed = staff_changed = false;
  const bool nothing_runs = pool.leased() == 0 || stage == Stage::kStopping;
  if (groups.due(turn.now, nothing_runs))
    turn.effects.emplace_back(groups.close(pool.high_water()));
  if (stage != Stage::kRunning) advance_ending(turn);
  if (watchdogs.resting()) rest_watchdogs(turn.now);  // somebody may have got work
  refresh_tally();
}

// Nobody can be blamed for lack of progress while there is nobody to work, nothing left but
// commits, or nothing that the rate limit allows.
void Scheduler::State::rest_watchdogs(TimePoint now) {
  const bool nobody = workers.ready() + workers.starting() == 0;
  const bool only_commits = pool.complete() && pool.unfinished() + pool.waiting() == 0;
  const bool held_up = tokens_due_at != kNever && workers.held() == 0;
  watchdogs.rest(nobody || only_commits || held_up, now);
}

void Scheduler::State::refresh_tally() {
  tally.workers_ready = workers.ready();
  tally.workers_busy = workers.busy();
  tally.workers_starting = workers.starting() + workers.asked();
}

TimePoint Scheduler::State::next_deadline() const {
  if (stage == Stage::kFinished) return kNever;
  const TimePoint common = std::min(groups.deadline(), stage_deadline);
  if (stage != Stage::kRunning) return common;
  return std::min({common, pool.next_wake(), retry_release_at, tokens_due_at, starts_due_at,
                   rebalance_at, speculate_at, watchdogs.deadline(),
                   init_deadline().value_or(kNever)});
}

// With largest_first the first mini-batch may be the last one that is planned: until then there is
// only a number to show.
void Scheduler::State::on(const PlanGrew& event, Turn& turn) {
  if (rules.largest_first) {
    tally.mini_batches = std::max(tally.mini_batches, event.mini_batches);
    return;
  }
  pool.plan(event.mini_batches, false);
  tally.mini_batches = pool.planned();
  if (pool.planned() > 0) watchdogs.work_exists(turn.now);
  work_changed = staff_changed = true;
}

void Scheduler::State::on(const PlanComplete& event, Turn& turn) {
  pool.plan(event.mini_batches, true, event.order);
  tally.mini_batches = pool.planned();
  tally.mini_batches_known = true;
  if (pool.planned() > 0) watchdogs.work_exists(turn.now);
  work_changed = staff_changed = figures_changed = true;
}

void Scheduler::State::on(const PlanFailed& event, Turn& turn) {
  end_step({Verdict::kFailed, Cause::kPlanFailed, event.reason, ""}, turn);
}

void Scheduler::State::on(const Tick&, Turn&) {}

void Scheduler::State::on(const CancelRequested&, Turn& turn) {
  end_step({Verdict::kCanceled, Cause::kCanceled, "", ""}, turn);
}

}  // namespace batchmill::parallel
