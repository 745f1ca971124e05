#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/job_folder.h"
#include "model/progress.h"
#include "ports/files.h"
#include "ports/ledgers.h"

namespace batchmill::engine {

// Name of the ledger fact that keeps what a parallel step counted at its end, so that later lives
// of the leader, and other jobs, need not walk its ledger.
inline constexpr const char* kCountsFact = "counts";

struct StepCounts {
  Count mini_batches, items;
};

std::string counts_to_json(const StepCounts& counts);
// kProtocol when damaged.
Result<StepCounts> counts_from_json(std::string_view text);

// Those of a step that has ended; kNotFound where none are kept.
Result<StepCounts> counts_of(const Files& files, Ledgers& ledgers, const StepFolder& folder);

}  // namespace batchmill::engine
