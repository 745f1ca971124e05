#pragma once

#include <cstdint>
#include <set>

#include "base/result.h"
#include "model/job_folder.h"
#include "ports/bulk_files.h"
#include "ports/ledger.h"
#include "runlog/attempt_log.h"

namespace batchmill::engine {

// Commits groups of results (I-1, I-3): rows count only through the ledger, so they are made
// durable just before it names them, with one sync per spool and group, however many results it
// holds. What is committed goes into the workers' logs. One thread at a time.
class DurableCommits {
 public:
  // All outlive this.
  DurableCommits(BulkFiles& bulk, StepFolder folder, Ledger& ledger, runlog::AttemptLog log)
      : bulk_(bulk), folder_(std::move(folder)), ledger_(ledger), log_(std::move(log)) {}

  // For the worker's log.
  void started(WorkerId worker, std::int64_t pid) { log_.started(worker, pid); }
  Result<void> commit(const CommitGroup& group);

 private:
  BulkFiles& bulk_;
  StepFolder folder_;
  Ledger& ledger_;
  runlog::AttemptLog log_;
  std::set<SpoolId> named_;  // spools whose names are durable
};

}  // namespace batchmill::engine
