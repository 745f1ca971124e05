#pragma once

#include <string>
#include <vector>

#include "model/job.h"
#include "workspace/parts.h"

namespace batchmill::workspace {

struct ListRequest {
  std::size_t limit = 50;  // 0: all
  bool archived_too = false;
  bool archived_only = false;
};

struct JobList {
  std::vector<JobSummary> jobs;  // newest first; status as shown: NotResponding without a leader
  bool more = false;             // there are more than the limit
};

Result<JobList> list_jobs(const ListRequest& request, const WorkspaceFolder& workspace,
                          Parts& parts);

// Hides a job from lists, or shows it again. Only jobs that have ended are archived.
Result<void> set_archived(const std::string& name, bool archived, const WorkspaceFolder& workspace,
                          Parts& parts);

}  // namespace batchmill::workspace
