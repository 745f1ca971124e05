#include <cstdint>
#include <string>
#include <vector>

#include "parallel/scheduler_state.h"

namespace batchmill::parallel {
namespace {

std::string text(MiniBatchId id) { return "mini-batch " + std::to_string(id.value); }

}  // namespace

std::string Scheduler::State::inconsistency() const {
  if (std::string wrong = pool.inconsistency(); !wrong.empty()) return wrong;
  if (std::string wrong = workers.inconsistency(); !wrong.empty()) return wrong;
  const MiniBatchTable& table = pool.table();
  // I-2, I-3: what is finished is what was committed as final, nothing else.
  if (table.count(Phase::kSucceeded) != tally.succeeded)
    return "succeeded is not what is committed";
  if (table.count(Phase::kFailed) != tally.failed) return "failed is not what is committed";
  if (tally.items_succeeded + tally.items_failed != tally.items_total) return "items do not add up";
  if (pool.complete() && table.done() > pool.planned()) return "more is done than was planned";
  if (!commit_failed && table.count(Phase::kSettling) != groups.results()) {
    return "results in commit groups and mini-batches that settle differ";
  }
  if (stage == Stage::kFinished && (!groups.idle() || workers.live() > 0)) {
    return "the step finished before everything had stopped";
  }
  std::vector<std::uint8_t> holders(table.size(), 0);
  for (const WorkerId id : workers.ids()) {
    for (const HeldLeases::Range& range : workers.worker(id)->held.ranges()) {
      for (std::uint32_t i = 0; i < range.lease.count; ++i) {
        const AttemptId held{MiniBatchId{range.lease.first.value + i}, range.epoch,
                             range.lease.attempt};
        if (pool.is_leased_as(held)) ++holders[held.mini_batch.value];
      }
    }
  }
  for (std::uint64_t i = 0; i < table.size(); ++i) {
    const bool leased = table.phase(MiniBatchId{i}) == Phase::kLeased;
    if (leased && holders[i] != 1) return text(MiniBatchId{i}) + " is leased but not to one worker";
  }
  return "";
}

}  // namespace batchmill::parallel
