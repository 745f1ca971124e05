#include "parallel/work_pool.h"

#include <algorithm>
#include <limits>
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

Phase WorkPool::phase_of_part(const AttemptId& id) const {
  const PartTable::Part* part = parts_.find(id.mini_batch, id.part);
  return part == nullptr ? Phase::kCut : part->phase;
}

void WorkPool::set_phase(const AttemptId& id, Phase phase) {
  if (id.part.is_whole()) {
    table_.set(id.mini_batch, phase);
  } else {
    parts_.set(id.mini_batch, id.part, phase);
  }
}

History WorkPool::history(const AttemptId& id) const {
  if (!id.part.is_whole()) {
    const PartTable::Part* part = parts_.find(id.mini_batch, id.part);
    return part == nullptr ? History{} : part->history;
  }
  auto found = histories_.find(id.mini_batch);
  return found == histories_.end() ? History{} : found->second;
}

History& WorkPool::history_of(const AttemptId& id) {
  return id.part.is_whole() ? histories_[id.mini_batch] : parts_.history(id.mini_batch, id.part);
}

std::optional<LeaseRange> WorkPool::take_retry(WorkerId worker, Others others, TimePoint now) {
  while (auto retry = retries_.take(worker, others.worker, others.node, now)) {
    const AttemptId id{retry->mini_batch, {}, retry->attempt, retry->part};
    if (phase(id) != Phase::kPending) continue;
    if (history(id).next_attempt != id.number) continue;
    set_phase(id, Phase::kLeased);
    return LeaseRange{id.mini_batch, 1, id.number, id.part};
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
  return LeaseRange{MiniBatchId{range->first}, static_cast<std::uint32_t>(range->count), 1, {}};
}

bool WorkPool::is_plausible(MiniBatchId id) const {
  return id.value < (complete_ ? planned_ : std::max(planned_, next_fresh_) + kMostAhead);
}

// Takes what is not leased out of the set that holds it. Entries of the retry queue and of waiting
// sets are recognised as void by the phase instead.
void WorkPool::leave_free_place(const AttemptId& id) {
  if (!id.part.is_whole()) return;
  const MiniBatchId mini_batch = id.mini_batch;
  if (table_.phase(mini_batch) == Phase::kPending && !ranges_.remove(mini_batch.value)) {
    if (order_.is_set() && is_first_try(mini_batch)) order_.drop_one();
  }
  if (mini_batch.value < next_fresh_) return;
  const std::uint64_t skipped = mini_batch.value - next_fresh_;
  if (skipped > 0) {
    table_.set_range(MiniBatchId{next_fresh_}, skipped, Phase::kPending);
    ranges_.add(next_fresh_, skipped);
  }
  next_fresh_ = mini_batch.value + 1;
}

bool WorkPool::is_leased_as(const AttemptId& id) const {
  if (const Twins* twins = twins_.find(id)) {
    const Twins::Side* side = twins->side(id);
    return side != nullptr && side->runs;
  }
  return phase(id) == Phase::kLeased && id.number >= history(id).next_attempt;
}

bool WorkPool::may_get_twin(const AttemptId& id) const {
  return is_leased_as(id) && twins_.find(id) == nullptr &&
         id.number < std::numeric_limits<std::uint16_t>::max();
}

void WorkPool::free_for_leasing(const AttemptId& id, TimePoint now) {
  const bool is_first = id.part.is_whole() && id.number <= 1 &&
                        (histories_.empty() || !histories_.contains(id.mini_batch));
  if (is_first) {
    table_.set(id.mini_batch, Phase::kPending);
    ranges_.add(id.mini_batch.value, 1);
    return;
  }
  History& history = history_of(id);
  history.next_attempt = std::max(history.next_attempt, id.number);
  Retry again;
  again.mini_batch = id.mini_batch;
  again.part = id.part;
  again.attempt = history.next_attempt;
  again.not_before = again.avoid_until = now;
  retry(again, now);
}

void WorkPool::give_back(const AttemptId& id, TimePoint now) { free_for_leasing(id, now); }

void WorkPool::retry(const Retry& retry, TimePoint now) {
  set_phase({retry.mini_batch, {}, retry.attempt, retry.part}, Phase::kPending);
  if (retry.mini_batch.value >= planned_ && !complete_) {
    beyond_plan_.push_back(retry);
  } else {
    retries_.add(retry, now);
  }
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
    for (const AttemptId& part : set.parts) {
      if (phase(part) == Phase::kWaiting) free_for_leasing(part, now);
    }
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
  const Twins* twins = twins_.find(id);
  const bool is_twin = twins != nullptr && twins->side(id) != nullptr;
  const bool superseded = !is_twin && id.number < history(id).next_attempt;
  if (twins != nullptr) return !superseded && twins->accepts(id, held, good, current);
  switch (phase(id)) {
    case Phase::kSucceeded:
    case Phase::kFailed:
    case Phase::kCut:
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

void WorkPool::settle(const AttemptId& id) {
  if (phase(id) != Phase::kLeased) leave_free_place(id);
  set_phase(id, Phase::kSettling);
}

void WorkPool::remember_failure(const AttemptId& id, AttemptStatus status) {
  remember(history_of(id), status, id.number);
}

std::optional<bool> WorkPool::finish(const AttemptId& id, bool success) {
  if (!id.part.is_whole()) {
    const std::optional<bool> end = parts_.finish(id.mini_batch, id.part, success);
    if (!end) return std::nullopt;
    success = *end;
  }
  table_.set(id.mini_batch, success ? Phase::kSucceeded : Phase::kFailed);
  if (!histories_.empty()) histories_.erase(id.mini_batch);
  return success;
}

std::array<ItemRange, 2> WorkPool::cut(const AttemptId& id, std::uint32_t items) {
  const ItemRange range = id.part.is_whole() ? ItemRange{0, items} : id.part;
  if (id.part.is_whole()) {
    table_.set(id.mini_batch, Phase::kCut);
    histories_.erase(id.mini_batch);
  }
  return parts_.cut(id.mini_batch, range, Phase::kPending);
}

}  // namespace batchmill::parallel
