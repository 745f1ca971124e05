#pragma once

#include <string>

#include "base/time.h"
#include "model/progress.h"

// sys/metrics/<stamp>/progress.csv, the progress of a step over time (parallel-job.md 7.3). Pure.
namespace batchmill::runlog {

// Both with their line breaks. Times in seconds; N/A for what is not known (yet).
std::string progress_series_header();
std::string progress_series_row(WallTime now, const StepProgress& step);

}  // namespace batchmill::runlog
