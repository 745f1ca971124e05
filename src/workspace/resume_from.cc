#include "workspace/resume_from.h"

#include <algorithm>

#include "base/text.h"
#include "pipeline/plan_json.h"
#include "runlog/stop_reason.h"
#include "workspace/compare_code.h"
#include "workspace/find_job.h"

namespace batchmill::workspace {

namespace {

const StepPlan* step_named(const PipelinePlan& plan, const std::string& name) {
  const auto found = std::find_if(plan.steps.begin(), plan.steps.end(),
                                  [&](const StepPlan& step) { return step.name == name; });
  return found == plan.steps.end() ? nullptr : &*found;
}

std::string names_of(const PipelinePlan& plan, bool parallel_only) {
  std::vector<std::string> names;
  for (const StepPlan& step : plan.steps) {
    if (step.is_parallel() || !parallel_only) names.push_back(step.name);
  }
  return names.empty() ? "none" : join(names, ", ");
}

// The job that a step itself names.
std::string own_wish(const StepPlan& step) {
  return step.is_parallel() ? std::get<ParallelSpec>(step.spec).resume_from.value : "";
}

// What an error about that begins with: "p.yml:9:18: resume_from: ".
std::string wish_place(const StepPlan& step) {
  const Setting<std::string>& wish = std::get<ParallelSpec>(step.spec).resume_from;
  return runlog::origin_text({"resume_from", wish.value, wish.origin, wish.place}) +
         ": resume_from: ";
}

// One job that results are taken over from.
class Check {
 public:
  Check(const PipelinePlan& plan, const std::string& command, const FoundJob& earlier,
        PipelinePlan before, Parts& parts)
      : plan_(plan),
        command_(command),
        earlier_(earlier),
        before_(std::move(before)),
        parts_(parts) {}

  // --resume-from: every step that the earlier job has too.
  Result<std::optional<Refusal>> whole_job() const {
    if (!earlier_.step.empty()) return is_no_job();
    if (auto refused = status_refused()) return refused;
    bool in_common = false;
    for (const StepPlan& step : plan_.steps) {
      const StepPlan* before = step_named(before_, step.name);
      if (before == nullptr || before->is_parallel() != step.is_parallel()) continue;
      in_common = true;
      if (!step.is_parallel() || !own_wish(step).empty()) continue;
      BM_ASSIGN(auto refused, code_refused(step, *before));
      if (refused) return refused;
    }
    return in_common ? std::optional<Refusal>() : nothing_in_common();
  }

  // `resume_from` of one step: of a job the step of the same name, or of a step job that step.
  Result<std::optional<Refusal>> one_step(const StepPlan& step) const {
    if (auto refused = status_refused()) return refused;
    const std::string& wanted = earlier_.step.empty() ? step.name : earlier_.step;
    const StepPlan* before = step_named(before_, wanted);
    if (before == nullptr || !before->is_parallel()) return no_such_step(step);
    return code_refused(step, *before);
  }

 private:
  std::optional<Refusal> is_no_job() const {
    return Refusal{"'" + earlier_.name() + "' is a step; the results of a job are taken over",
                   {},
                   "name the job: " + earlier_.record.name};
  }

  std::optional<Refusal> status_refused() const {
    if (is_terminal(earlier_.record.status)) return std::nullopt;
    const std::string& name = earlier_.record.name;
    const JobStatus shown = shown_status(earlier_.record.status, earlier_.leader_alive);
    return Refusal{"'" + name + "' is " + name_of(shown) +
                       "; only the results of a job that has ended are taken over",
                   {"wait for it: batchmill job stream -n " + name,
                    "or stop it:  batchmill job cancel -n " + name},
                   ""};
  }

  std::optional<Refusal> no_such_step(const StepPlan& step) const {
    return Refusal{
        "step '" + step.name + "' is to take over results of '" + earlier_.name() + "', which " +
            (earlier_.step.empty() ? "has no parallel step of that name" : "is no parallel step"),
        {"parallel steps of '" + earlier_.record.name + "': " + names_of(before_, true)},
        ""};
  }

  std::optional<Refusal> nothing_in_common() const {
    return Refusal{
        "'" + earlier_.record.name + "' has no step in common with this file",
        {"steps there: " + names_of(before_, false), "steps here:  " + names_of(plan_, false)},
        "results are taken over between steps of the same name and kind"};
  }

  Result<std::optional<Refusal>> code_refused(const StepPlan& step, const StepPlan& before) const {
    if (plan_.accept_new_code || step.code == before.code) return std::optional<Refusal>();
    // A step that never began kept nothing, so there is nothing that new code could contradict.
    if (!parts_.files.exists(earlier_.folder.step(before.name).ledger())) {
      return std::optional<Refusal>();
    }
    Refusal refusal{"the code of step '" + step.name + "' differs from that of '" +
                        earlier_.record.name + "', whose rows would be kept",
                    {},
                    command_ + " --accept-new-code"};
    if (before.code.empty() || parts_.files.exists(before.code)) {
      BM_ASSIGN(const CodeChanges changes, compare_code(before.code, step.code, parts_.files));
      refusal.details = lines_of(changes);
    } else {
      refusal.details.push_back("the code as it was is gone: " + before.code);
    }
    return std::optional<Refusal>(std::move(refusal));
  }

  const PipelinePlan& plan_;
  const std::string& command_;
  const FoundJob& earlier_;
  PipelinePlan before_;
  Parts& parts_;
};

}  // namespace

Result<std::optional<Refusal>> check_resume_from(const PipelinePlan& plan,
                                                 const std::string& command,
                                                 const WorkspaceFolder& workspace, Parts& parts) {
  const auto checked = [&](const std::string& job,
                           const auto& check) -> Result<std::optional<Refusal>> {
    BM_ASSIGN(const FoundJob earlier, find_job(job, workspace, parts));
    BM_ASSIGN(PipelinePlan before, pipeline::plan_from_json(earlier.record.plan));
    return check(Check(plan, command, earlier, std::move(before), parts));
  };
  if (!plan.resume_from.empty()) {
    BM_ASSIGN(auto refused,
              checked(plan.resume_from, [](const Check& check) { return check.whole_job(); }));
    if (refused) return refused;
  }
  for (const StepPlan& step : plan.steps) {
    if (own_wish(step).empty()) continue;
    auto refused =
        checked(own_wish(step), [&](const Check& check) { return check.one_step(step); });
    if (!refused) return fail(refused.error().kind, wish_place(step) + refused.error().message);
    if (*refused) return refused;
  }
  return std::optional<Refusal>();
}

}  // namespace batchmill::workspace
