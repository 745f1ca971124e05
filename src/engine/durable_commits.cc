#include "engine/durable_commits.h"

namespace batchmill::engine {

Result<void> DurableCommits::commit(const CommitGroup& group) {
  std::set<SpoolId> spools;
  for (const AttemptRecord& attempt : group.attempts) {
    if (attempt.outcome.rows.length > 0) spools.insert(attempt.outcome.rows.spool);
  }
  for (const SpoolId spool : spools) {
    BM_TRY(bulk_.sync(folder_.spool(spool.value)));
    if (named_.insert(spool).second) BM_TRY(bulk_.sync(folder_.spools()));
  }
  BM_TRY(ledger_.commit(group));
  log_.committed(group.attempts);
  return {};
}

}  // namespace batchmill::engine
