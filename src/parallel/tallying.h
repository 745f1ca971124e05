#pragma once

#include "model/attempt.h"
#include "parallel/scheduler.h"

namespace batchmill::parallel {

// What the figures need of a committed attempt; kept from the moment its group closes until the
// ledger has answered.
struct Settled {
  AttemptId id;
  WorkerId worker;
  AttemptStatus status = AttemptStatus::kRunDone;
  std::uint32_t total = 0;
  std::uint32_t succeeded = 0;
  std::uint32_t rows = 0;
  bool final = true;
  bool rows_count = true;
  bool split = false;
};

Settled settled_from(const AttemptRecord& record);

// Adds a committed attempt to the figures of tries, items and rows (parallel-job.md 5.4): items of
// what succeeded or was short at the last try fail by what it did not return, others as a whole.
// Parts of a bisected mini-batch count each for itself.
void add_to(Tally& tally, const Settled& attempt);

// Adds a mini-batch that is finished.
void add_finished(Tally& tally, bool success);

}  // namespace batchmill::parallel
