#pragma once

#include <optional>
#include <string>

#include "runlog/failure_groups.h"
#include "runlog/stop_reason.h"

namespace batchmill::runlog {

// What a failed step leaves for `job show` and for the terminal: `error` of its record.
struct JobErrorRequest {
  std::string job;  // the pipeline job
  std::string step;
  std::string record;    // error record (JSON) of the worker or command that ended it; may be empty
  std::string log;       // full path of the log that has everything
  std::string pipeline;  // the file as typed; empty for a command step
};

struct JobError {
  std::string first_line;  // without the step
  std::string json;        // docs/formats/job-error.md
  std::string block;       // what the end of `--stream` prints, "ERROR: <step>: ..."
};

// A command step that failed.
JobError command_job_error(const JobErrorRequest& request);

// A parallel step that was stopped; `groups` are its failed attempts.
JobError parallel_job_error(const JobErrorRequest& request, const std::optional<StopReason>& stop,
                            const FailureGroups& groups);

// The text of job_error.txt: the same with up to 20 groups, also for a step that is Completed
// although attempts failed (then `stop` and `record` are empty). Empty when nothing failed.
std::string job_error_text(const JobErrorRequest& request, const std::optional<StopReason>& stop,
                           const FailureGroups& groups);

}  // namespace batchmill::runlog
