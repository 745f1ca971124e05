#include "engine/step_graph.h"

#include <set>

#include <fmt/format.h>

namespace batchmill::engine {

namespace {

bool is_running(JobStatus status) {
  return !is_terminal(status) && status != JobStatus::kNotStarted;
}

std::string first_failed(const PipelinePlan& plan,
                         const std::map<std::string, JobStatus>& statuses) {
  for (const StepPlan& step : plan.steps) {
    if (statuses.at(step.name) == JobStatus::kFailed) return step.name;
  }
  return "";
}

// Why the step can never start, or "" when it still can.
std::string obstacle(const StepPlan& step, const std::map<std::string, JobStatus>& statuses,
                     const std::set<std::string>& skipped) {
  for (const std::string& producer : producers_of(step)) {
    if (statuses.at(producer) == JobStatus::kFailed) return producer + " failed";
    if (statuses.at(producer) == JobStatus::kCanceled || skipped.contains(producer)) {
      return producer + " was canceled";
    }
  }
  return "";
}

bool producers_completed(const StepPlan& step, const std::map<std::string, JobStatus>& statuses) {
  for (const std::string& producer : producers_of(step)) {
    if (statuses.at(producer) != JobStatus::kCompleted) return false;
  }
  return true;
}

}  // namespace

std::vector<std::string> producers_of(const StepPlan& step) {
  std::set<std::string> names;
  for (const auto& [name, input] : step.inputs) {
    if (const auto* edge = std::get_if<StepOutputInput>(&input.source)) names.insert(edge->step);
  }
  return {names.begin(), names.end()};
}

Decision decide(const PipelinePlan& plan, const std::map<std::string, JobStatus>& statuses) {
  Decision decision;
  decision.finished = true;
  const std::string failed = first_failed(plan, statuses);
  const bool stopping = !failed.empty() && !plan.continue_on_step_failure;
  std::set<std::string> skipped;
  for (const StepPlan& step : plan.steps) {
    const JobStatus status = statuses.at(step.name);
    if (is_terminal(status)) continue;
    if (is_running(status)) {
      if (stopping) decision.cancel.push_back(step.name);
      decision.finished = false;
      continue;
    }
    std::string reason = obstacle(step, statuses, skipped);
    if (reason.empty() && stopping) {
      reason = fmt::format("the pipeline stopped after {} failed", failed);
    }
    if (!reason.empty()) {
      skipped.insert(step.name);
      decision.skip.push_back({step.name, std::move(reason)});
      continue;
    }
    if (producers_completed(step, statuses)) decision.start.push_back(step.name);
    decision.finished = false;
  }
  return decision;
}

Ending ending_of(const PipelinePlan& plan, const std::map<std::string, JobStatus>& statuses) {
  if (const std::string failed = first_failed(plan, statuses); !failed.empty()) {
    return {JobStatus::kFailed, failed + " failed"};
  }
  for (const StepPlan& step : plan.steps) {
    if (statuses.at(step.name) == JobStatus::kCanceled) {
      return {JobStatus::kCanceled, step.name + " was canceled"};
    }
  }
  return {JobStatus::kCompleted, ""};
}

}  // namespace batchmill::engine
