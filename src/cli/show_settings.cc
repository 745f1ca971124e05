#include "cli/show_settings.h"

#include <nlohmann/json.hpp>

#include "workspace/job_object.h"

namespace batchmill::cli {

namespace {

using Json = nlohmann::ordered_json;

std::vector<const StepRecord*> parallel_steps(const workspace::FoundJob& job) {
  std::vector<const StepRecord*> steps;
  for (const StepRecord& step : job.record.steps) {
    if (step.kind == "parallel" && (job.step.empty() || step.step == job.step)) {
      steps.push_back(&step);
    }
  }
  return steps;
}

int no_such_settings(const workspace::FoundJob& job, Console& console) {
  std::string help;
  for (const StepRecord& step : job.record.steps) {
    if (step.kind != "parallel") continue;
    help = "batchmill job show -n " + step.job_name + " --settings";
    break;
  }
  const StepRecord* step = job.step_record();
  console.error(
      step == nullptr
          ? "'" + job.name() + "' has no parallel step; only such steps have settings"
          : "'" + job.name() + "' is a " + step->kind + " step; only parallel steps have settings",
      help);
  return kExitFailure;
}

std::string without_values(const StepRecord& step) {
  const std::string what = "'" + step.job_name + "' ";
  if (is_terminal(step.status)) return what + "ended before its settings were known";
  return what + "has not begun; the effective values are known then";
}

// The columns in the order that people read; the step only where there are several.
Json row_of(const Json& setting, bool with_step) {
  Json row = Json::object();
  if (with_step) row["step"] = setting.at("step");
  for (const char* column : {"name", "value", "origin", "place"}) {
    row[column] = setting.value(column, "");
  }
  return row;
}

}  // namespace

int show_settings(const workspace::FoundJob& job, Session& session) {
  Console& console = session.console();
  const auto steps = parallel_steps(job);
  if (steps.empty()) return no_such_settings(job, console);

  const Json settings = workspace::settings_object(job);
  Json table = Json::array();
  for (const Json& setting : settings) table.push_back(row_of(setting, job.step.empty()));
  int code = kExitSuccess;
  if (session.wants_object()) {
    code = session.print(settings, &table);
  } else {
    console.out(format_table(table));
  }
  for (const StepRecord* step : steps) {
    if (step->settings.empty()) console.notice(without_values(*step));
  }
  return code;
}

}  // namespace batchmill::cli
