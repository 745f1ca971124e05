#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "model/status.h"

// Lines of a pipeline job's logs/azureml/executionlogs.txt (pipeline-yaml.md 6.3): one when steps
// are submitted and one when each ends, in the original's words. Pure, without line breaks.
namespace batchmill::runlog {

// "[2026-01-12 09:13:40Z] ", what each line begins with.
std::string execution_stamp(WallTime time);
// "Submitting 7 runs, first five are: a, b, c, d, e"
std::string submitting_line(const std::vector<std::string>& jobs);
std::string submitting_line(const std::string& job);
// "Reusing the results of run id digits_6_train for run id digits_7_train"
std::string reused_line(const std::string& job, const std::string& from);
// "Completing processing run id digits_7_score: Failed"
std::string finished_line(const std::string& job, JobStatus status);

}  // namespace batchmill::runlog
