#pragma once

#include <string_view>

#include "base/result.h"
#include "data/plan_output.h"
#include "data/planner.h"

namespace batchmill::data {

// JSON lines by rows (parallel-job.md 2.3): the lines of each file that are not blank are its rows,
// and `rows_per_mini_batch` of them make a mini-batch; the last of a file may be short, none
// crosses a file boundary. Blank is a line of spaces, tabs and carriage returns alone; it stays
// with the mini-batch before. A byte order mark is skipped. Every file is read once, in pieces:
// memory does not grow with lines or files.
Result<void> plan_rows(const BulkFiles& bulk, const PlanRequest& request, PlanOutput& output);

}  // namespace batchmill::data
