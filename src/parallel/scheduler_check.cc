#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "parallel/scheduler_state.h"

namespace batchmill::parallel {
namespace {

std::string text(MiniBatchId id) { return "mini-batch " + std::to_string(id.value); }

}  // namespace

std::string Scheduler::State::inconsistency() const {
  for (const std::string& wrong : {pool.inconsistency(), workers.inconsistency(), wrong_figures(),
                                   wrong_leases(), wrong_end()}) {
    if (!wrong.empty()) return wrong;
  }
  return "";
}

// I-2, I-3: what is finished is what was committed as final, nothing else.
std::string Scheduler::State::wrong_figures() const {
  const MiniBatchTable& table = pool.table();
  if (table.count(Phase::kSucceeded) != tally.succeeded)
    return "succeeded is not what is committed";
  if (table.count(Phase::kFailed) != tally.failed) return "failed is not what is committed";
  if (tally.items_succeeded + tally.items_failed != tally.items_total) return "items do not add up";
  if (pool.complete() && table.done() > pool.planned()) return "more is done than was planned";
  std::uint64_t settling = pool.count(Phase::kSettling);
  for (const auto& [key, twins] : pool.twins().all()) {
    const bool counted = pool.phase(twins.sides[0].id) == Phase::kSettling;
    settling += twins.unanswered - (counted ? 1 : 0);
  }
  if (!commit_failed && settling != groups.results()) {
    return "results in commit groups and mini-batches that settle differ";
  }
  return "";
}

// Each lease has one holder, of twins each, and nobody who could work has nothing while there is
// work.
std::string Scheduler::State::wrong_leases() const {
  std::vector<std::uint8_t> holders(pool.table().size(), 0);
  std::map<std::pair<MiniBatchId, ItemRange>, int> holders_of_parts;
  bool someone_is_idle = false;
  for (const WorkerId id : workers.ids()) {
    const Worker& worker = *workers.worker(id);
    if (worker.state == WorkerState::kReady && worker.held.empty()) someone_is_idle = true;
    for (const HeldLeases::Range& range : worker.held.ranges()) {
      for (std::uint32_t i = 0; i < range.lease.count; ++i) {
        const AttemptId held = attempt_in(range.lease, i, range.epoch);
        if (!pool.is_leased_as(held)) continue;
        if (held.part.is_whole()) {
          ++holders[held.mini_batch.value];
        } else {
          ++holders_of_parts[{held.mini_batch, held.part}];
        }
      }
    }
  }
  const auto right = [&](const AttemptId& any, int count) {
    if (pool.phase(any) != Phase::kLeased) return true;
    const Twins* twins = pool.twins().find(any);
    return count == (twins != nullptr ? twins->running() : 1);
  };
  for (std::uint64_t i = 0; i < holders.size(); ++i) {
    const MiniBatchId id{i};
    if (!right({id, {}}, holders[i])) return text(id) + " is leased, but not to one worker";
  }
  for (const PartTable::Place& place : pool.parts().all()) {
    if (!right({place.mini_batch, {}, 1, place.part},
               holders_of_parts[{place.mini_batch, place.part}])) {
      return "a part of " + text(place.mini_batch) + " is leased, but not to one worker";
    }
  }
  const bool held_up = tokens_due_at != kNever;
  if (stage == Stage::kRunning && someone_is_idle && !held_up && pool.has_first_tries()) {
    return "a worker is idle while there is work";
  }
  return "";
}

std::string Scheduler::State::wrong_end() const {
  if (stage != Stage::kFinished) return "";
  if (!groups.idle()) return "the step finished before every commit was answered";
  if (workers.live() > 0) return "the step finished before every worker had stopped";
  return "";
}

}  // namespace batchmill::parallel
