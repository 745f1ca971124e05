#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "ports/files.h"
#include "ports/ledger.h"
#include "runlog/failed_items.h"
#include "runlog/failure_groups.h"
#include "runlog/log_tree.h"
#include "runlog/mini_batch_report.h"
#include "runlog/work_summary.h"

namespace batchmill::runlog {

struct AttemptReportOptions {
  DescribeMiniBatch describe;       // may be empty
  NameItem name_item;               // may be empty
  std::vector<ScriptEvent> events;  // in order of time
  WorkerGpus gpus;
  // Called for every attempt too, so that the ledger is walked once; may be empty.
  std::function<void(const AttemptRecord&)> also;
};

// What one walk over the ledger gives besides the files.
struct AttemptReports {
  WorkSummary work;
  FailureGroups failures;
};

// Writes every report that derives from the ledger: processed_mini-batches.csv,
// process_summary.csv, node_summary.csv, failed_items.csv and sys/error/. May be repeated; a later
// call replaces what an earlier one wrote.
Result<AttemptReports> write_attempt_reports(Files& files, const Ledger& ledger,
                                             const LogTree& tree, AttemptReportOptions options);

}  // namespace batchmill::runlog
