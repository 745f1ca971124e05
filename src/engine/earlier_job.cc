#include "engine/earlier_job.h"

#include <algorithm>

#include "pipeline/plan_json.h"

namespace batchmill::engine {

namespace {

template <typename Steps>
auto named(const Steps& steps, const std::string& name) {
  return std::find_if(steps.begin(), steps.end(), [&](const auto& step) {
    if constexpr (requires { step.step; }) {
      return step.step == name;
    } else {
      return step.name == name;
    }
  });
}

}  // namespace

Result<const EarlierJobs::Job*> EarlierJobs::open(const std::string& name) {
  if (const auto known = jobs_.find(name); known != jobs_.end()) return &known->second;
  const JobFolder folder(workspace_.job(name));
  if (parts_.locks.is_held(folder.lock())) {
    return fail(
        ErrorKind::kUnavailable,
        "'" + name + "' still runs; only the results of a job that has ended are taken over");
  }
  BM_ASSIGN(const auto store, parts_.stores.open_job(folder.db(), true));
  Job job;
  job.name = name;
  BM_ASSIGN(job.record, store->load());
  BM_ASSIGN(job.plan, pipeline::plan_from_json(job.record.plan));
  return &jobs_.emplace(name, std::move(job)).first->second;
}

// A step's job is named <job>_<step>, but both names may hold underscores.
Result<EarlierJobs::Found> EarlierJobs::locate(const std::string& name) {
  if (parts_.files.exists(JobFolder(workspace_.job(name)).db())) return Found{name, ""};
  for (std::size_t end = name.rfind('_'); end != std::string::npos && end > 0;
       end = name.rfind('_', end - 1)) {
    const std::string job = name.substr(0, end);
    if (!parts_.files.exists(JobFolder(workspace_.job(job)).db())) continue;
    BM_ASSIGN(const Job* opened, open(job));
    const auto& steps = opened->record.steps;
    const auto step = std::find_if(steps.begin(), steps.end(),
                                   [&](const StepRecord& one) { return one.job_name == name; });
    if (step != steps.end()) return Found{job, step->step};
  }
  return fail(ErrorKind::kNotFound, "there is no job '" + name + "' to resume from");
}

Result<std::optional<EarlierStep>> EarlierJobs::find(const PipelinePlan& plan,
                                                     const StepPlan& step) {
  std::string name = plan.resume_from;
  const auto* spec = std::get_if<ParallelSpec>(&step.spec);
  const bool its_own = spec != nullptr && !spec->resume_from.value.empty();
  if (its_own) name = spec->resume_from.value;
  if (name.empty()) return std::optional<EarlierStep>();
  BM_ASSIGN(const Found found, locate(name));
  BM_ASSIGN(auto earlier, step_of(found, step.name));
  if (!earlier || earlier->plan->is_parallel() != step.is_parallel()) {
    if (!its_own) return std::optional<EarlierStep>();
    return fail(ErrorKind::kInvalid, "'" + name + "' has no parallel step '" +
                                         (found.step.empty() ? step.name : found.step) + "'");
  }
  if (earlier->record.reused_from.empty()) return earlier;
  const auto origin = locate(earlier->record.reused_from);
  if (!origin) return earlier;
  return step_of(*origin, step.name);
}

// The step that `found` names, else the one called `step`.
Result<std::optional<EarlierStep>> EarlierJobs::step_of(const Found& found,
                                                        const std::string& step) {
  const std::string& wanted = found.step.empty() ? step : found.step;
  BM_ASSIGN(const Job* job, open(found.job));
  const auto plan = named(job->plan.steps, wanted);
  const auto record = named(job->record.steps, wanted);
  if (plan == job->plan.steps.end() || record == job->record.steps.end()) {
    return std::optional<EarlierStep>();
  }
  const JobFolder folder(workspace_.job(job->name));
  return std::optional<EarlierStep>(EarlierStep{job->name, std::make_shared<const StepPlan>(*plan),
                                                *record, folder.step(wanted), ""});
}

}  // namespace batchmill::engine
