#include "workspace/find_job.h"

#include <algorithm>

#include "base/text.h"

namespace batchmill::workspace {

namespace {

Result<JobRecord> load(const JobFolder& folder, Parts& parts) {
  BM_ASSIGN(const auto store, parts.stores.open_job(folder.db(), true));
  return store->load();
}

std::string step_named(const JobRecord& record, const std::string& job_name) {
  const auto step = std::find_if(record.steps.begin(), record.steps.end(),
                                 [&](const StepRecord& s) { return s.job_name == job_name; });
  return step == record.steps.end() ? "" : step->step;
}

tl::unexpected<Error> unknown(const std::string& name, const WorkspaceFolder& workspace,
                              Parts& parts) {
  std::vector<std::string> names;
  if (const auto entries = parts.files.list(workspace.jobs())) {
    for (const FolderEntry& entry : *entries) names.push_back(entry.name);
  }
  std::sort(names.begin(), names.end());
  const auto near = nearest(name, names);
  std::string message = "there is no job '" + name + "' in " + workspace.root();
  if (!near.empty()) message += "; near: " + join(near, ", ");
  return fail(ErrorKind::kNotFound, std::move(message));
}

}  // namespace

const StepRecord* FoundJob::step_record() const {
  const auto found = std::find_if(record.steps.begin(), record.steps.end(),
                                  [&](const StepRecord& s) { return s.step == step; });
  return found == record.steps.end() ? nullptr : &*found;
}

JobStatus FoundJob::status() const {
  const StepRecord* of_step = step_record();
  const bool alive = leader_alive || is_terminal(record.status);
  return shown_status(of_step == nullptr ? record.status : of_step->status, alive);
}

const std::string& FoundJob::name() const {
  const StepRecord* of_step = step_record();
  return of_step == nullptr ? record.name : of_step->job_name;
}

JobStatus shown_status(JobStatus stored, bool leader_alive) {
  return is_terminal(stored) || leader_alive ? stored : JobStatus::kNotResponding;
}

Result<FoundJob> find_job(const std::string& name, const WorkspaceFolder& workspace, Parts& parts) {
  if (!problem_of_job_name(name).empty()) return unknown(name, workspace, parts);
  const auto opened = [&](const JobFolder& folder, JobRecord record, std::string step) {
    const bool alive = parts.leaders.alive(folder.lock());
    return FoundJob{folder, std::move(record), std::move(step), alive};
  };
  const JobFolder own(workspace.job(name));
  if (parts.files.exists(own.db())) {
    BM_ASSIGN(JobRecord record, load(own, parts));
    return opened(own, std::move(record), "");
  }
  // A step's name is its job's name, '_', and more.
  for (std::size_t cut = name.rfind('_'); cut != std::string::npos && cut > 0;
       cut = name.rfind('_', cut - 1)) {
    const JobFolder folder(workspace.job(name.substr(0, cut)));
    if (!parts.files.exists(folder.db())) continue;
    BM_ASSIGN(JobRecord record, load(folder, parts));
    std::string step = step_named(record, name);
    if (!step.empty()) return opened(folder, std::move(record), std::move(step));
  }
  return unknown(name, workspace, parts);
}

bool is_name_taken(const std::string& name, const WorkspaceFolder& workspace, Parts& parts) {
  if (parts.files.exists(workspace.job(name))) return true;
  if (const auto index = parts.stores.open_index(workspace.index_db())) {
    const auto known = (*index)->find(name);
    if (known && known->has_value()) return true;
  }
  return find_job(name, workspace, parts).has_value();
}

}  // namespace batchmill::workspace
