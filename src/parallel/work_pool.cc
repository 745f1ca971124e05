#include "parallel/work_pool.h"

#include <algorithm>
#include <utility>

namespace batchmill::parallel {
namespace {

// How far beyond the known plan a lease of an earlier life may lie; anything else is garbage.
constexpr std::uint64_t kMostAhead = 1 << 20;

}  // namespace

void WorkPool::plan(std::uint64_t mini_batches, bool complete, LeaseOrder::Order order) {
  if (complete_) return;
  planned_ = complete ? mini_batches : std::max(planned_, mini_batches);
  complete_ = complete;
  if (complete && order && order->size() == planned_) follow(std::move(order));
  std::vector<Retry> reachable;
  std::swap(reachable, beyond_plan_);
  for (const Retry& each : reachable) retry(each, TimePoint::min());
}

void WorkPool::follow(LeaseOrder::Order order) {
  order_.set(std::move(order));
  table_.set_range(MiniBatchId{next_fresh_}, fresh(), Phase::kPending);
  next_fresh_ = std::max(next_fresh_, planned_);
  ranges_.clear();
  std::uint64_t waiting = 0;
  for (std::uint64_t id = 0; id < planned_; ++id) waiting += is_first_try(MiniBatchId{id});
  order_.add(waiting);
}

// Pending, and never in trouble: not one of the retry queue.
bool WorkPool::is_first_try(MiniBatchId id) const {
  return table_.phase(id) == Phase::kPending && (histories_.empty() || !histories_.contains(id));
}

History WorkPool::history(MiniBatchId id) const {
  auto found = histories_.find(id);
  return found == histories_.end() ? History{} : found->second;
}

void WorkPool::recover(const AttemptRecord& committed, const StepRules& rules) {
  const MiniBatchId id = committed.id.mini_batch;
  if (committed.final) {
    finish(id, committed.outcome.status == AttemptStatus::kRunDone);
    return;
  }
  const History before = history(id);
  remember_failure(committed.id, committed.outcome.status);
  if (table_.phase(id) == Phase::kFresh) table_.set(id, Phase::kFresh);  // notes that it was leased
  // A last try that is not final was forgotten on purpose: the mini-batch starts over.
  if (!rule_on(committed.outcome, before, rules).final) return;
  if (committed.outcome.status == AttemptStatus::kRunDone) return;
  History& history = histories_[id];
  history = History{0, 0, 0, history.next_attempt};
}

void WorkPool::recovered(MiniBatchId high_water, TimePoint release) {
  next_fresh_ = std::max(high_water.value, table_.size());
  WaitingSet set{release, {}};
  for (std::uint64_t id = 0; id < next_fresh_; ++id) {
    if (table_.phase(MiniBatchId{id}) != Phase::kFresh) continue;
    if (!set.ranges.empty() && set.ranges.back().first + set.ranges.back().count == id) {
      ++set.ranges.back().count;
    } else {
      set.ranges.push_back({id, 1});
    }
  }
  for (const IdRange& range : set.ranges) {
    table_.set_range(MiniBatchId{range.first}, range.count, Phase::kWaiting);
  }
  if (!set.ranges.empty()) waiting_.push_back(std::move(set));
}

std::optional<LeaseRange> WorkPool::take_retry(WorkerId worker, Others others, TimePoint now) {
  while (auto retry = retries_.take(worker, others.worker, others.node, now)) {
    const MiniBatchId id = retry->mini_batch;
    if (table_.phase(id) != Phase::kPending) continue;
    if (history(id).next_attempt != retry->attempt) continue;
    table_.set(id, Phase::kLeased);
    return LeaseRange{id, 1, retry->attempt};
  }
  return std::nullopt;
}

std::optional<LeaseRange> WorkPool::take_first_tries(std::uint32_t most) {
  auto range = ranges_.take(most, planned_);
  if (!range && fresh() > 0) {
    range = IdRange{next_fresh_, std::min<std::uint64_t>(most, fresh())};
    next_fresh_ += range->count;
  }
  if (!range) range = order_.take(most, [this](MiniBatchId id) { return is_first_try(id); });
  if (!range) return std::nullopt;
  table_.set_range(MiniBatchId{range->first}, range->count, Phase::kLeased);
  return LeaseRange{MiniBatchId{range->first}, static_cast<std::uint32_t>(range->count), 1};
}

bool WorkPool::is_plausible(MiniBatchId id) const {
  return id.value < (complete_ ? planned_ : std::max(planned_, next_fresh_) + kMostAhead);
}

// Takes a mini-batch that is not leased out of the set that holds it. Entries of the retry queue
// and of waiting sets are recognised as void by the phase instead.
void WorkPool::leave_free_place(MiniBatchId id) {
  if (table_.phase(id) == Phase::kPending && !ranges_.remove(id.value)) {
    if (order_.is_set() && is_first_try(id)) order_.drop_one();
  }
  if (id.value < next_fresh_) return;
  const std::uint64_t skipped = id.value - next_fresh_;
  if (skipped > 0) {
    table_.set_range(MiniBatchId{next_fresh_}, skipped, Phase::kPending);
    ranges_.add(next_fresh_, skipped);
  }
  next_fresh_ = id.value + 1;
}

bool WorkPool::adopt(const AttemptId& id) {
  const MiniBatchId mini_batch = id.mini_batch;
  const Phase phase = table_.phase(mini_batch);
  const bool is_free =
      phase == Phase::kFresh || phase == Phase::kPending || phase == Phase::kWaiting;
  if (!is_free || !is_plausible(mini_batch)) return false;
  if (id.number < history(mini_batch).next_attempt) return false;
  leave_free_place(mini_batch);
  table_.set(mini_batch, Phase::kLeased);
  return true;
}

bool WorkPool::is_leased_as(const AttemptId& id) const {
  return table_.phase(id.mini_batch) == Phase::kLeased &&
         id.number >= history(id.mini_batch).next_attempt;
}

void WorkPool::free_for_leasing(MiniBatchId id, std::uint16_t attempt, TimePoint now) {
  table_.set(id, Phase::kPending);
  const auto found = histories_.find(id);
  if (attempt <= 1 && found == histories_.end()) {
    ranges_.add(id.value, 1);
    return;
  }
  History& history = histories_[id];
  history.next_attempt = std::max(history.next_attempt, attempt);
  Retry again;
  again.mini_batch = id;
  again.attempt = history.next_attempt;
  again.not_before = again.avoid_until = now;
  retry(again, now);
}

void WorkPool::give_back(const AttemptId& id, TimePoint now) {
  free_for_leasing(id.mini_batch, id.number, now);
}

void WorkPool::wait_for_agent(const AttemptId& id, TimePoint until) {
  if (id.number > 1) {
    History& history = histories_[id.mini_batch];
    history.next_attempt = std::max(history.next_attempt, id.number);
  }
  table_.set(id.mini_batch, Phase::kWaiting);
  if (waiting_.empty() || waiting_.back().release != until) waiting_.push_back({until, {}});
  std::vector<IdRange>& ranges = waiting_.back().ranges;
  if (!ranges.empty() && ranges.back().first + ranges.back().count == id.mini_batch.value) {
    ++ranges.back().count;
  } else {
    ranges.push_back({id.mini_batch.value, 1});
  }
}

void WorkPool::retry(const Retry& retry, TimePoint now) {
  table_.set(retry.mini_batch, Phase::kPending);
  if (retry.mini_batch.value >= planned_ && !complete_) {
    beyond_plan_.push_back(retry);
  } else {
    retries_.add(retry, now);
  }
}

void WorkPool::release_waiting_by(TimePoint when) {
  for (WaitingSet& set : waiting_) set.release = std::min(set.release, when);
}

void WorkPool::release(const IdRange& range, TimePoint now) {
  std::uint64_t run = 0;  // neighbours without trouble go back as one range
  const std::uint64_t end = range.first + range.count;
  const auto release_run = [&](std::uint64_t run_end) {
    if (order_.is_set()) {
      order_.add(run);
    } else {
      ranges_.add(run_end - run, run);
    }
    run = 0;
  };
  for (std::uint64_t id = range.first; id < end; ++id) {
    const MiniBatchId mini_batch{id};
    const bool waits = table_.phase(mini_batch) == Phase::kWaiting;
    if (waits && (histories_.empty() || !histories_.contains(mini_batch))) {
      table_.set(mini_batch, Phase::kPending);
      ++run;
      continue;
    }
    release_run(id);
    if (waits) free_for_leasing(mini_batch, history(mini_batch).next_attempt, now);
  }
  release_run(end);
}

bool WorkPool::wake(TimePoint now) {
  bool any = retries_.wake(now);
  for (std::size_t i = 0; i < waiting_.size();) {
    if (waiting_[i].release > now) {
      ++i;
      continue;
    }
    const WaitingSet set = std::move(waiting_[i]);
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
    for (const IdRange& range : set.ranges) release(range, now);
    any = true;
  }
  return any;
}

TimePoint WorkPool::next_wake() const {
  TimePoint next = retries_.next_wake();
  for (const WaitingSet& set : waiting_) next = std::min(next, set.release);
  return next;
}

bool WorkPool::accepts(const AttemptId& id, bool held, bool good, Epoch current) const {
  const bool superseded = id.number < history(id.mini_batch).next_attempt;
  switch (table_.phase(id.mini_batch)) {
    case Phase::kSucceeded:
    case Phase::kFailed:
    case Phase::kSettling:
      return false;
    case Phase::kLeased:
      return !superseded && (held || (good && id.epoch < current));
    case Phase::kFresh:
    case Phase::kPending:
    case Phase::kWaiting:
      return !superseded && is_plausible(id.mini_batch);
  }
  return false;
}

void WorkPool::settle(MiniBatchId id) {
  if (table_.phase(id) != Phase::kLeased) leave_free_place(id);
  table_.set(id, Phase::kSettling);
}

void WorkPool::remember_failure(const AttemptId& id, AttemptStatus status) {
  remember(histories_[id.mini_batch], status, id.number);
}

void WorkPool::finish(MiniBatchId id, bool success) {
  table_.set(id, success ? Phase::kSucceeded : Phase::kFailed);
  if (!histories_.empty()) histories_.erase(id);
}

std::string WorkPool::inconsistency() const {
  if (!table_.counts_are_right()) return "the counts by phase are wrong";
  for (const auto& [first, end] : ranges_.ranges()) {
    for (std::uint64_t id = first; id < end; ++id) {
      if (table_.phase(MiniBatchId{id}) != Phase::kPending) {
        return "mini-batch " + std::to_string(id) + " is free for leasing but not pending";
      }
    }
  }
  if (order_.is_set()) {
    std::uint64_t waiting = 0;
    for (std::uint64_t id = 0; id < planned_; ++id) {
      waiting += is_first_try(MiniBatchId{id}) && !ranges_.contains(id);
    }
    if (waiting != order_.left()) return "the number of first tries that wait in order is wrong";
  }
  for (std::uint64_t id = next_fresh_; id < table_.size(); ++id) {
    if (table_.phase(MiniBatchId{id}) != Phase::kFresh) {
      return "mini-batch " + std::to_string(id) + " lies above the high-water mark";
    }
  }
  for (std::uint64_t id = 0; id < std::min(next_fresh_, table_.size()); ++id) {
    if (table_.phase(MiniBatchId{id}) == Phase::kFresh) {
      return "mini-batch " + std::to_string(id) + " is lost: fresh below the high-water mark";
    }
  }
  return "";
}

}  // namespace batchmill::parallel
