#pragma once

#include "base/result.h"
#include "data/plan_output.h"
#include "data/planner.h"

namespace batchmill::data {

// Files by count (parallel-job.md 4.2): every file of the sources becomes a record; the manifest's
// regular cuts make the mini-batches. Nothing is skipped, sizes are not looked at.
Result<void> plan_files(const BulkFiles& bulk, const PlanRequest& request, PlanOutput& output);

}  // namespace batchmill::data
