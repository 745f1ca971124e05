#pragma once

#include <string>

#include "workspace/find_job.h"
#include "workspace/parts.h"

namespace batchmill::workspace {

// What a request to a job led to.
enum class Asked {
  kLeader,     // the running leader finds the request in control/
  kRevived,    // there was no leader: its supervisor was started again (notice 009)
  kNotNeeded,  // the job's status makes the request pointless
};

// `job cancel`: asks the leader to stop. Nothing to do for a job that has ended.
Result<Asked> cancel_job(const FoundJob& job, Parts& parts);

// `job resume`: continues after a crash, a cancel or a failure; finally failed mini-batches get
// fresh tries. Nothing to do for a job that runs or is Completed.
Result<Asked> resume_job(const FoundJob& job, Parts& parts);

// Any command that finds an unfinished job without a leader: starts its supervisor again and
// returns true. False if there is nothing to revive.
Result<bool> revive_job(const FoundJob& job, Parts& parts);

// True while a request lies in control/ that the leader has not taken yet.
bool has_pending_requests(const JobFolder& folder, const Files& files);

}  // namespace batchmill::workspace
