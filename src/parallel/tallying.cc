#include "parallel/tallying.h"

#include <algorithm>

namespace batchmill::parallel {

Settled settled_from(const AttemptRecord& record) {
  return {record.id,
          record.worker,
          record.outcome.status,
          record.outcome.total,
          record.outcome.succeeded,
          record.outcome.rows.rows,
          record.final && !record.forgotten,
          record.rows_count,
          record.split};
}

void add_to(Tally& tally, const Settled& attempt) {
  ++tally.tries;
  if (!attempt.final) return;
  const bool success = attempt.status == AttemptStatus::kRunDone;
  const bool partial = success || attempt.status == AttemptStatus::kRunShort;
  const std::uint32_t good = partial ? std::min(attempt.total, attempt.succeeded) : 0;
  tally.items_total += attempt.total;
  tally.items_succeeded += good;
  tally.items_failed += attempt.total - good;
  if (attempt.rows_count) tally.rows += attempt.rows;
}

void add_finished(Tally& tally, bool success) { ++(success ? tally.succeeded : tally.failed); }

}  // namespace batchmill::parallel
