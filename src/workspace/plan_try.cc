#include "workspace/plan_try.h"

#include <algorithm>

#include "base/shell_quote.h"
#include "base/text.h"
#include "workspace/code_snapshot.h"
#include "workspace/find_workspace.h"
#include "workspace/paths.h"

namespace batchmill::workspace {

namespace {

std::string with_near(const std::string& found, const std::vector<std::string>& allowed) {
  const auto near = nearest(found, allowed);
  return near.empty() ? "" : "write '" + near.front() + "'";
}

class Planning {
 public:
  Planning(const TryRequest& request, const WorkspaceFolder& workspace, Parts& parts)
      : request_(request), workspace_(workspace), parts_(parts) {}

  Result<TryPlan> run() {
    BM_TRY(ensure_workspace(workspace_, parts_.files));
    BM_ASSIGN(CheckedFile checked, check_file(request_.check, workspace_, parts_));
    result_.diagnostics = std::move(checked.diagnostics);
    result_.sources = std::move(checked.sources);
    if (!checked.plan) return std::move(result_);
    plan_ = std::move(*checked.plan);
    if (!find_step() || !take_inputs() || !has_all_inputs()) return std::move(result_);
    if (!step_->code.empty()) {
      BM_ASSIGN(step_->code, snapshot_code(step_->code, workspace_,
                                           "tmp-" + std::to_string(parts_.random()), parts_.files));
    }
    result_.step = step_->name;
    result_.plan = std::move(plan_);
    return std::move(result_);
  }

 private:
  bool refuse(std::string message, std::vector<std::string> details, std::string help) {
    result_.refusal = Refusal{std::move(message), std::move(details), std::move(help)};
    return false;
  }

  bool find_step() {
    std::vector<std::string> names;
    for (StepPlan& step : plan_.steps) {
      if (step.is_parallel()) names.push_back(step.name);
      if (step.name == request_.step) step_ = &step;
    }
    const std::string listed = "parallel steps: " + (names.empty() ? "none" : join(names, ", "));
    if (request_.step.empty()) {
      if (names.size() != 1) {
        return refuse("--step is missing: which step is tried?", {listed}, "");
      }
      step_ = &*std::find_if(plan_.steps.begin(), plan_.steps.end(),
                             [&](const StepPlan& step) { return step.name == names.front(); });
    }
    if (step_ == nullptr) {
      return refuse("there is no step '" + request_.step + "' in " + request_.check.file, {listed},
                    with_near(request_.step, names));
    }
    if (!step_->is_parallel()) {
      return refuse("'" + step_->name +
                        "' is a command step; a dry run is of one mini-batch of a parallel step",
                    {listed}, "");
    }
    return true;
  }

  bool take_inputs() {
    for (const std::string& given : request_.inputs) {
      const auto equals = given.find('=');
      if (equals == std::string::npos || equals == 0) {
        return refuse("--input " + given + ": expected NAME=PATH", {}, "");
      }
      if (!take_input(given.substr(0, equals), given.substr(equals + 1))) return false;
    }
    return true;
  }

  bool take_input(const std::string& name, const std::string& value) {
    const auto found = step_->inputs.find(name);
    if (found == step_->inputs.end()) {
      std::vector<std::string> names;
      for (const auto& [own, input] : step_->inputs) names.push_back(own);
      return refuse("step '" + step_->name + "' has no input '" + name + "'",
                    {"inputs: " + (names.empty() ? "none" : join(names, ", "))},
                    with_near(name, names));
    }
    StepInput& input = found->second;
    if (input.is_literal()) {
      input.source = LiteralInput{value};
      return true;
    }
    const std::string path = absolute_below(parts_.current_folder, value);
    const auto status = parts_.files.status(path);
    if (!status) return refuse("--input " + name + ": " + status.error().message, {}, "");
    const bool is_folder = status->kind == FileKind::kFolder;
    if (is_folder != is_folder_like(input.type)) {
      return refuse("--input " + name + ": " + path + " is a " + (is_folder ? "folder" : "file") +
                        ", but the input is a " + name_of(input.type),
                    {}, "");
    }
    input.source = PathInput{path};
    return true;
  }

  // All that are missing at once.
  bool has_all_inputs() {
    std::vector<std::string> details;
    std::string command = "batchmill job try -f " + shell_quoted(request_.check.file);
    for (const std::string& set : request_.check.sets) command += " --set " + shell_quoted(set);
    command += " --step " + step_->name;
    for (const std::string& given : request_.inputs) command += " --input " + shell_quoted(given);
    for (const auto& [name, input] : step_->inputs) {
      const auto* bound = std::get_if<StepOutputInput>(&input.source);
      if (bound == nullptr) continue;
      details.push_back("input '" + name + "' is output '" + bound->output + "' of step '" +
                        bound->step + "'");
      command += " --input " + name + "=PATH";
    }
    if (details.empty()) return true;
    return refuse("step '" + step_->name +
                      "' needs what another step writes, and a dry run runs no other step",
                  std::move(details), "give data that is there: " + command);
  }

  const TryRequest& request_;
  const WorkspaceFolder& workspace_;
  Parts& parts_;
  TryPlan result_;
  PipelinePlan plan_;
  StepPlan* step_ = nullptr;
};

}  // namespace

Result<TryPlan> plan_try(const TryRequest& request, const WorkspaceFolder& workspace,
                         Parts& parts) {
  return Planning(request, workspace, parts).run();
}

}  // namespace batchmill::workspace
