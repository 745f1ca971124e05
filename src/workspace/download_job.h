#pragma once

#include <string>
#include <vector>

#include "workspace/find_job.h"
#include "workspace/parts.h"

namespace batchmill::workspace {

struct DownloadRequest {
  std::string to;           // folder; absolute
  std::string output_name;  // empty: logs and ./outputs
  bool all = false;         // logs and every output
};

// An output that can be downloaded: the job's own (bound to a step's), or a step's.
struct JobOutput {
  std::string name;
  std::string step;  // that writes it
  std::string path;  // absolute; empty while the step has not started
};
std::vector<JobOutput> outputs_of(const FoundJob& job);

// `job download` (cli.md 2.5): logs and ./outputs into artifacts/, an output into
// named-outputs/<name>/. Returns the folders that were written.
// Errors: the job has not ended; there is no such output (the message lists them).
Result<std::vector<std::string>> download_job(const FoundJob& job, const DownloadRequest& request,
                                              Parts& parts);

}  // namespace batchmill::workspace
