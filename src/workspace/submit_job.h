#pragma once

#include <functional>
#include <string>
#include <vector>

#include "workspace/check_file.h"
#include "workspace/find_job.h"
#include "workspace/parts.h"
#include "workspace/resume_from.h"

namespace batchmill::workspace {

struct SubmitRequest {
  CheckFileRequest check;
  std::string user;         // recorded as created_by
  std::string resume_from;  // job whose committed mini-batches are kept; empty: none
  bool accept_new_code = false;
  // Asked after the check, before anything is made: true gives up with kCanceled.
  std::function<bool()> canceled;
};

// What came of a submission. Without a job the diagnostics say why; nothing was made then.
struct Submission {
  std::string job;  // its name; empty: refused
  std::vector<Diagnostic> diagnostics;
  std::map<std::string, std::string> sources;
  std::vector<std::string> files;
  std::optional<Refusal> refusal;  // of resume_from; there is no job then
};

// `job create`: checks the file, takes a snapshot of the code, writes the job's folder, enters it
// in the index and starts its leader, in this order: whatever fails, nothing half made remains.
// Errors: kExists for a name that is taken, kInvalid for one that is none, kNotFound for an earlier
// job that does not exist, kCanceled; else what
// the file system, the database or the start of the leader said.
Result<Submission> submit_job(const SubmitRequest& request, const WorkspaceFolder& workspace,
                              Parts& parts);

// The name of a step's job: `<job>_<step>`, with "_1", "_2", ... where that is taken.
std::string step_job_name(const std::string& job, const std::string& step,
                          const std::function<bool(const std::string&)>& is_taken);

}  // namespace batchmill::workspace
