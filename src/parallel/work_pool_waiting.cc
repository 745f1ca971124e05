#include <algorithm>
#include <utility>

#include "parallel/work_pool.h"

// What earlier lives of the leader, or a connection that broke, leave to be waited for.
namespace batchmill::parallel {

std::optional<bool> WorkPool::recover(const AttemptRecord& committed) {
  const AttemptId& id = committed.id;
  // Notes that it was leased.
  if (table_.phase(id.mini_batch) == Phase::kFresh) table_.set(id.mini_batch, Phase::kFresh);
  if (committed.forgotten) {
    // It starts over as a whole, but with numbers of its own.
    if (!id.part.is_whole()) return std::nullopt;
    History& history = histories_[id.mini_batch];
    remember(history, AttemptStatus::kCanceled, id.number);
    return std::nullopt;
  }
  if (committed.final) return finish(id, committed.outcome.status == AttemptStatus::kRunDone);
  if (committed.split) {
    cut(id, committed.outcome.total);
  } else if (id.part.is_whole() || parts_.find(id.mini_batch, id.part) != nullptr) {
    remember_failure(id, committed.outcome.status);
  }
  return std::nullopt;
}

void WorkPool::recovered(MiniBatchId high_water, TimePoint release) {
  next_fresh_ = std::max(high_water.value, table_.size());
  WaitingSet set{release, {}, {}};
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
  for (const PartTable::Place& place : parts_.all()) {
    set.parts.push_back({place.mini_batch, {}, 1, place.part});
    set_phase(set.parts.back(), Phase::kWaiting);
  }
  if (!set.ranges.empty() || !set.parts.empty()) waiting_.push_back(std::move(set));
}

bool WorkPool::adopt(const AttemptId& id) {
  const Phase now = phase(id);
  const bool is_free = now == Phase::kFresh || now == Phase::kPending || now == Phase::kWaiting;
  if (!is_free || !is_plausible(id.mini_batch)) return false;
  if (id.number < history(id).next_attempt) return false;
  leave_free_place(id);
  set_phase(id, Phase::kLeased);
  return true;
}

void WorkPool::wait_for_agent(const AttemptId& id, TimePoint until) {
  if (id.number > 1) {
    History& history = history_of(id);
    history.next_attempt = std::max(history.next_attempt, id.number);
  }
  set_phase(id, Phase::kWaiting);
  if (waiting_.empty() || waiting_.back().release != until) waiting_.push_back({until, {}, {}});
  if (!id.part.is_whole()) {
    waiting_.back().parts.push_back(id);
    return;
  }
  std::vector<IdRange>& ranges = waiting_.back().ranges;
  if (!ranges.empty() && ranges.back().first + ranges.back().count == id.mini_batch.value) {
    ++ranges.back().count;
  } else {
    ranges.push_back({id.mini_batch.value, 1});
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
    if (waits) free_for_leasing({mini_batch, {}, 1, {}}, now);
  }
  release_run(end);
}

}  // namespace batchmill::parallel
