#include "runlog/finished_mini_batches.h"

namespace batchmill::runlog {

std::optional<bool> FinishedMiniBatches::add(const AttemptRecord& attempt) {
  if (attempt.forgotten) return std::nullopt;
  if (attempt.split) {
    ++open_[attempt.id.mini_batch].open;  // a range became two
    return std::nullopt;
  }
  if (!attempt.final) return std::nullopt;
  const bool success = attempt.outcome.status == AttemptStatus::kRunDone;
  if (attempt.id.part.is_whole()) return success;
  const auto found = open_.find(attempt.id.mini_batch);
  if (found == open_.end()) return std::nullopt;
  Parts& parts = found->second;
  parts.any_failed |= !success;
  if (--parts.open > 0) return std::nullopt;
  const bool all_succeeded = !parts.any_failed;
  open_.erase(found);
  return all_succeeded;
}

}  // namespace batchmill::runlog
