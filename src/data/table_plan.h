#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "data/plan_output.h"
#include "data/planner.h"

namespace batchmill::data {

// Delimited tables by bytes (parallel-job.md 4.4; mltable-and-data.md 3.1): block k of a file is
// the records that begin in bytes [k * size, (k + 1) * size) after the header line; blocks without
// a record are no mini-batches, and none crosses a file boundary. Reads O(cuts) pieces of each
// file, not all of it. Appends to `warnings`: files whose header line differs from the first's.
Result<void> plan_table(const BulkFiles& bulk, const PlanRequest& request, PlanOutput& output,
                        std::vector<std::string>& warnings);

}  // namespace batchmill::data
