#pragma once

#include <optional>
#include <string>

#include "model/job.h"
#include "model/job_folder.h"
#include "workspace/parts.h"

namespace batchmill::workspace {

// A job, or one step of it, as a name found it.
struct FoundJob {
  JobFolder folder;
  JobRecord record;
  std::string step;  // key of the step; empty for the job itself
  bool leader_alive = false;
  const StepRecord* step_record() const;
  // The status to show: NotResponding for an unfinished job (or step of one) without a leader.
  JobStatus status() const;
  const std::string& name() const;
};

// Step jobs are found through the job that they belong to.
// Errors: kNotFound, with near names.
Result<FoundJob> find_job(const std::string& name, const WorkspaceFolder& workspace, Parts& parts);

// The folder of the job with that name, or of the job that has such a step; nothing if there is
// none. Only looks, reads no more than it must.
bool is_name_taken(const std::string& name, const WorkspaceFolder& workspace, Parts& parts);

// The status to show for what job.db says.
JobStatus shown_status(JobStatus stored, bool leader_alive);

}  // namespace batchmill::workspace
