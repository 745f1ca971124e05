#pragma once

#include <optional>
#include <string>

namespace batchmill {

// Status of a job or step job (pipeline-yaml.md 5.3). Names are the original's.
enum class JobStatus {
  kNotStarted,
  kStarting,
  kPreparing,
  kQueued,
  kRunning,
  kFinalizing,
  kCancelRequested,
  kCompleted,
  kFailed,
  kCanceled,
  kNotResponding,  // never stored: what readers show for an unfinished job whose lock is free
};

const char* name_of(JobStatus status);
std::optional<JobStatus> job_status_from(const std::string& text);
bool is_terminal(JobStatus status);  // Completed, Failed, Canceled

}  // namespace batchmill
