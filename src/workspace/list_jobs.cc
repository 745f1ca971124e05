#include "workspace/list_jobs.h"

#include "workspace/find_job.h"

namespace batchmill::workspace {

Result<JobList> list_jobs(const ListRequest& request, const WorkspaceFolder& workspace,
                          Parts& parts) {
  BM_ASSIGN(const auto index, parts.stores.open_index(workspace.index_db()));
  const std::size_t wanted = request.limit == 0 ? 0 : request.limit + 1;
  JobList result;
  BM_ASSIGN(result.jobs, index->list(wanted, request.archived_too, request.archived_only));
  if (request.limit != 0 && result.jobs.size() > request.limit) {
    result.jobs.resize(request.limit);
    result.more = true;
  }
  for (JobSummary& job : result.jobs) {
    if (is_terminal(job.status)) continue;
    const JobFolder folder(workspace.job(job.name));
    // The index follows job.db by a moment, and does not follow where a leader was killed between.
    if (const auto store = parts.stores.open_job(folder.db(), true)) {
      if (const auto record = (*store)->load()) job.status = record->status;
    }
    job.status = shown_status(job.status, parts.leaders.alive(folder.lock()));
  }
  return result;
}

Result<void> set_archived(const std::string& name, bool archived, const WorkspaceFolder& workspace,
                          Parts& parts) {
  BM_ASSIGN(const FoundJob job, find_job(name, workspace, parts));
  if (!job.step.empty()) {
    return fail(ErrorKind::kInvalid,
                "'" + name + "' is a step of '" + job.record.name + "'; only jobs are archived");
  }
  if (archived && !is_terminal(job.record.status)) {
    return fail(ErrorKind::kInvalid,
                "'" + name + "' is " + name_of(job.status()) + "; only ended jobs are archived");
  }
  BM_ASSIGN(const auto index, parts.stores.open_index(workspace.index_db()));
  return index->set_archived(name, archived);
}

}  // namespace batchmill::workspace
