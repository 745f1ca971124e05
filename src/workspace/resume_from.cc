#include "workspace/resume_from.h"

#include <algorithm>

#include "base/text.h"
#include "pipeline/plan_json.h"
#include "workspace/compare_code.h"
#include "workspace/find_job.h"

namespace batchmill::workspace {

namespace {

const StepPlan* parallel_step(const PipelinePlan& plan, const std::string& name) {
  const auto found = std::find_if(plan.steps.begin(), plan.steps.end(), [&](const StepPlan& step) {
    return step.name == name && step.is_parallel();
  });
  return found == plan.steps.end() ? nullptr : &*found;
}

std::string parallel_names(const PipelinePlan& plan) {
  std::vector<std::string> names;
  for (const StepPlan& step : plan.steps) {
    if (step.is_parallel()) names.push_back(step.name);
  }
  return names.empty() ? "none" : join(names, ", ");
}

// One earlier job and the steps that want its results.
struct Wish {
  std::string job;
  bool every_step = false;               // of --resume-from: those that the earlier job has too
  std::vector<const StepPlan*> its_own;  // that name the job themselves
};

std::vector<Wish> wishes_of(const PipelinePlan& plan) {
  std::vector<Wish> wishes;
  const auto wish_for = [&](const std::string& job) -> Wish& {
    const auto found = std::find_if(wishes.begin(), wishes.end(),
                                    [&](const Wish& wish) { return wish.job == job; });
    if (found != wishes.end()) return *found;
    wishes.push_back({job, false, {}});
    return wishes.back();
  };
  if (!plan.resume_from.empty()) wish_for(plan.resume_from).every_step = true;
  for (const StepPlan& step : plan.steps) {
    if (!step.is_parallel()) continue;
    const std::string& job = std::get<ParallelSpec>(step.spec).resume_from.value;
    if (!job.empty()) wish_for(job).its_own.push_back(&step);
  }
  return wishes;
}

class Check {
 public:
  Check(const PipelinePlan& plan, const std::string& command, Parts& parts)
      : plan_(plan), command_(command), parts_(parts) {}

  Result<std::optional<Refusal>> run(const Wish& wish, const FoundJob& earlier) {
    if (auto refused = status_refused(earlier)) return refused;
    BM_ASSIGN(const PipelinePlan before, pipeline::plan_from_json(earlier.record.plan));
    std::vector<const StepPlan*> steps = wish.its_own;
    for (const StepPlan* step : steps) {
      if (parallel_step(before, step->name) == nullptr) return no_such_step(*step, earlier, before);
    }
    if (wish.every_step) {
      for (const StepPlan& step : plan_.steps) {
        const bool wanted = step.is_parallel() && parallel_step(before, step.name) != nullptr;
        if (wanted && std::get<ParallelSpec>(step.spec).resume_from.value.empty()) {
          steps.push_back(&step);
        }
      }
    }
    if (steps.empty()) return nothing_in_common(earlier, before);
    if (plan_.accept_new_code) return std::optional<Refusal>();
    for (const StepPlan* step : steps) {
      BM_ASSIGN(auto refused, code_refused(*step, *parallel_step(before, step->name), earlier));
      if (refused) return refused;
    }
    return std::optional<Refusal>();
  }

 private:
  std::optional<Refusal> status_refused(const FoundJob& earlier) const {
    if (!earlier.step.empty()) {
      return Refusal{"'" + earlier.name() + "' is a step; the results of a job are taken over",
                     {},
                     "name the job: " + earlier.record.name};
    }
    if (is_terminal(earlier.record.status)) return std::nullopt;
    const std::string& name = earlier.record.name;
    return Refusal{"'" + name + "' is " + name_of(earlier.status()) +
                       "; only the results of a job that has ended are taken over",
                   {"wait for it: batchmill job stream -n " + name,
                    "or stop it:  batchmill job cancel -n " + name},
                   ""};
  }

  std::optional<Refusal> no_such_step(const StepPlan& step, const FoundJob& earlier,
                                      const PipelinePlan& before) const {
    return Refusal{"step '" + step.name + "' is to take over results of '" + earlier.record.name +
                       "', which has no parallel step of that name",
                   {"parallel steps of '" + earlier.record.name + "': " + parallel_names(before)},
                   ""};
  }

  std::optional<Refusal> nothing_in_common(const FoundJob& earlier,
                                           const PipelinePlan& before) const {
    return Refusal{"'" + earlier.record.name + "' has no parallel step in common with this file",
                   {"parallel steps there: " + parallel_names(before),
                    "parallel steps here:  " + parallel_names(plan_)},
                   "results are taken over between steps of the same name"};
  }

  Result<std::optional<Refusal>> code_refused(const StepPlan& step, const StepPlan& before,
                                              const FoundJob& earlier) const {
    if (step.code == before.code) return std::optional<Refusal>();
    // A step that never began kept nothing, so there is nothing that new code could contradict.
    if (!parts_.files.exists(earlier.folder.step(step.name).ledger())) {
      return std::optional<Refusal>();
    }
    Refusal refusal{"the code of step '" + step.name + "' differs from that of '" +
                        earlier.record.name + "', whose rows would be kept",
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
  Parts& parts_;
};

}  // namespace

Result<std::optional<Refusal>> check_resume_from(const PipelinePlan& plan,
                                                 const std::string& command,
                                                 const WorkspaceFolder& workspace, Parts& parts) {
  for (const Wish& wish : wishes_of(plan)) {
    BM_ASSIGN(const FoundJob earlier, find_job(wish.job, workspace, parts));
    BM_ASSIGN(auto refused, Check(plan, command, parts).run(wish, earlier));
    if (refused) return refused;
  }
  return std::optional<Refusal>();
}

}  // namespace batchmill::workspace
