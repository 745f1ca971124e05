#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "model/progress.h"

// The metrics of a parallel step (parallel-job.md 8; docs/formats/metrics.md). Pure.
namespace batchmill::runlog {

struct Metric {
  const char* name;
  double value;
};

// What is known of the canonical set. Mini-batches count once, however often they were tried;
// attempts are a metric of their own.
std::vector<Metric> step_metrics(const StepProgress& step);

// One line of JSON for each: time, name with `prefix`, value, and `step` where several share a file
// (empty: left out).
std::string metric_lines(WallTime now, const std::vector<Metric>& metrics,
                         const std::string& prefix, const std::string& step);

}  // namespace batchmill::runlog
