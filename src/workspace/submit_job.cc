#include "workspace/submit_job.h"

#include <set>

#include "base/shell_quote.h"
#include "model/catalogue.h"
#include "pipeline/plan_json.h"
#include "workspace/code_snapshot.h"
#include "workspace/find_workspace.h"
#include "workspace/git_facts.h"
#include "workspace/paths.h"

namespace batchmill::workspace {

namespace {

// Text of warnings and notices that are shown once per job.
std::vector<std::string> notices_of(const std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string> notices;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.level == Level::kError) continue;
    notices.push_back(code_name(diagnostic.code) + ": " + diagnostic.message);
  }
  return notices;
}

class Submitter {
 public:
  Submitter(const SubmitRequest& request, const WorkspaceFolder& workspace, Parts& parts)
      : request_(request), workspace_(workspace), parts_(parts) {}

  Result<Submission> run() {
    BM_TRY(ensure_workspace(workspace_, parts_.files));
    BM_ASSIGN(CheckedFile checked, check_file(request_.check, workspace_, parts_));
    submission_.diagnostics = std::move(checked.diagnostics);
    submission_.sources = std::move(checked.sources);
    submission_.files = std::move(checked.files);
    if (!checked.plan) return std::move(submission_);
    plan_ = std::move(*checked.plan);
    plan_.resume_from = request_.resume_from;
    plan_.accept_new_code = request_.accept_new_code;

    BM_TRY(choose_name());
    BM_TRY(snapshot());
    BM_ASSIGN(submission_.refusal, check_resume_from(plan_, command(), workspace_, parts_));
    if (submission_.refusal) return std::move(submission_);
    if (request_.canceled && request_.canceled()) return fail(ErrorKind::kCanceled, "interrupted");
    const JobFolder folder(workspace_.job(plan_.name));
    if (auto made = make_job(folder); !made) {
      static_cast<void>(parts_.files.remove_tree(folder.root()));
      return tl::unexpected(made.error());
    }
    // From here on the job exists; a leader that does not start is told, and `job resume` helps.
    BM_TRY(parts_.leaders.start(folder.root()));
    submission_.job = plan_.name;
    return std::move(submission_);
  }

 private:
  Result<void> choose_name() {
    if (plan_.name.empty()) {
      do {
        plan_.name = make_job_name(parts_.random);
      } while (is_name_taken(plan_.name, workspace_, parts_));
      return {};
    }
    if (const std::string problem = problem_of_job_name(plan_.name); !problem.empty()) {
      return fail(ErrorKind::kInvalid, "'" + plan_.name + "' is no name of a job: " + problem);
    }
    if (is_name_taken(plan_.name, workspace_, parts_)) {
      return fail(ErrorKind::kExists, "a job named '" + plan_.name + "' exists already");
    }
    return {};
  }

  // Each code folder once, whatever the number of steps that use it.
  Result<void> snapshot() {
    std::map<std::string, std::string> taken;
    for (StepPlan& step : plan_.steps) {
      if (step.code.empty()) continue;
      auto known = taken.find(step.code);
      if (known == taken.end()) {
        const std::string temporary = "tmp-" + std::to_string(parts_.random());
        BM_ASSIGN(std::string folder,
                  snapshot_code(step.code, workspace_, temporary, parts_.files));
        known = taken.emplace(step.code, std::move(folder)).first;
      }
      step.code = known->second;
    }
    return {};
  }

  // What the user typed, as far as it matters for doing it again.
  std::string command() const {
    std::string text = "batchmill job create -f " + shell_quoted(request_.check.file);
    for (const std::string& set : request_.check.sets) text += " --set " + shell_quoted(set);
    if (!request_.resume_from.empty()) text += " --resume-from " + request_.resume_from;
    return text;
  }

  JobRecord record() const {
    JobRecord record;
    record.name = plan_.name;
    record.display_name = plan_.display_name.empty() ? plan_.name : plan_.display_name;
    record.experiment_name =
        plan_.experiment_name.empty() ? last_part_of(parts_.current_folder) : plan_.experiment_name;
    record.created = parts_.clock.wall_now();
    record.created_by = request_.user;
    record.plan = pipeline::plan_to_json(plan_);
    record.source_path = absolute_below(parts_.current_folder, request_.check.file);
    const auto source = submission_.sources.find(request_.check.file);
    if (source != submission_.sources.end()) record.source_text = source->second;
    record.tags = plan_.tags;
    record.properties =
        git_facts(parent_of(record.source_path), parts_.variables, parts_.commands, parts_.files);
    for (const auto& [name, value] : plan_.properties) record.properties[name] = value;
    record.properties["azureml.continue_on_step_failure"] =
        plan_.continue_on_step_failure ? "True" : "False";
    if (!plan_.resume_from.empty()) record.properties["batchmill.resume_from"] = plan_.resume_from;
    record.notices = notices_of(submission_.diagnostics);
    record.steps = step_records();
    return record;
  }

  std::vector<StepRecord> step_records() const {
    std::vector<StepRecord> steps;
    std::set<std::string> names;
    for (const StepPlan& plan : plan_.steps) {
      StepRecord step;
      step.step = plan.name;
      step.job_name = step_job_name(plan_.name, plan.name, [&](const std::string& name) {
        return names.contains(name) || is_name_taken(name, workspace_, parts_);
      });
      names.insert(step.job_name);
      step.display_name = plan.display_name.empty() ? plan.name : plan.display_name;
      step.kind = plan.is_parallel() ? "parallel" : "command";
      steps.push_back(std::move(step));
    }
    return steps;
  }

  Result<void> make_job(const JobFolder& folder) {
    const JobRecord job = record();
    BM_TRY(parts_.files.make_private_folder(folder.root()));
    BM_TRY(parts_.files.make_folders(folder.control()));
    {
      BM_ASSIGN(const auto store, parts_.stores.open_job(folder.db(), false));
      BM_TRY(store->create(job));
    }
    JobSummary summary;
    summary.name = job.name;
    summary.display_name = job.display_name;
    summary.experiment_name = job.experiment_name;
    summary.kind = plan_.is_single_command ? "command" : "pipeline";
    summary.created = job.created;
    summary.compute = plan_.default_compute;
    BM_ASSIGN(const auto index, parts_.stores.open_index(workspace_.index_db()));
    return index->add(summary);
  }

  const SubmitRequest& request_;
  const WorkspaceFolder& workspace_;
  Parts& parts_;
  Submission submission_;
  PipelinePlan plan_;
};

}  // namespace

std::string step_job_name(const std::string& job, const std::string& step,
                          const std::function<bool(const std::string&)>& is_taken) {
  const std::string name = job + "_" + step;
  if (!is_taken(name)) return name;
  for (int number = 1;; ++number) {
    std::string numbered = name + "_" + std::to_string(number);
    if (!is_taken(numbered)) return numbered;
  }
}

Result<Submission> submit_job(const SubmitRequest& request, const WorkspaceFolder& workspace,
                              Parts& parts) {
  return Submitter(request, workspace, parts).run();
}

}  // namespace batchmill::workspace
