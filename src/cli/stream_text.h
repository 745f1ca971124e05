#pragma once

#include <string>
#include <vector>

#include "model/job.h"
#include "model/progress.h"

// The fixed texts of a followed job (cli.md 2.4, messages.md 4). Pure.
namespace batchmill::cli {

// "\nStreaming <file>\n=====...\n\n"
std::string log_header(const std::string& file);

// "✓ score  Completed in 2 min 46 s: 400 mini-batches, 68 failed; ...", from a final step_status.
std::string step_end_line(const JobEvent& event, bool unicode, bool colour);

// What Ctrl-C says; `progress` may have no steps.
std::string stopped_watching(const std::string& job, const JobProgress& progress);

// "\nExecution Summary\n=================\nRunId: ...\n" and the list of warnings.
std::string execution_summary(const std::string& job, JobStatus status,
                              const std::vector<std::string>& warnings);

// What the end repeats: warnings of the submission (codes below 100 of the job's notices; not for
// a single step), then those of the run, each once.
std::vector<std::string> all_warnings(const std::string& step, const JobRecord& record,
                                      const std::vector<std::string>& of_run);

// Why the job failed: the block of each failed step, from what job.db stores.
std::string failure_text(const JobRecord& record, const std::string& step);

}  // namespace batchmill::cli
