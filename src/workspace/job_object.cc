#include "workspace/job_object.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "pipeline/plan_json.h"
#include "workspace/step_object.h"

namespace batchmill::workspace {

using nlohmann::json;

namespace {

json map_object(const std::map<std::string, std::string>& map) {
  json object = json::object();
  for (const auto& [key, value] : map) object[key] = value;
  return object;
}

json creation_context(WallTime created, const std::string& by) {
  json object = {{"created_at", iso_micros(created)}, {"created_by_type", "User"}};
  if (!by.empty()) object["created_by"] = by;
  return object;
}

// The stored error is JSON; text of an older program is kept as its message.
json error_object(const std::string& stored) {
  json error = json::parse(stored, nullptr, false);
  if (error.is_object()) return error;
  return {{"message", stored}};
}

void add_end(const std::string& reason, const std::string& error, WallTime started, WallTime ended,
             json& object) {
  if (!reason.empty()) object["reason"] = reason;
  if (!error.empty()) object["error"] = error_object(error);
  if (started.micros != 0) object["start_time"] = iso_micros(started);
  if (ended.micros != 0) object["end_time"] = iso_micros(ended);
}

const StepRecord* record_of(const JobRecord& job, const std::string& step) {
  const auto found = std::find_if(job.steps.begin(), job.steps.end(),
                                  [&](const StepRecord& s) { return s.step == step; });
  return found == job.steps.end() ? nullptr : &*found;
}

JobStatus shown_step_status(const FoundJob& job, const StepRecord& step) {
  return shown_status(step.status, job.leader_alive || is_terminal(job.record.status));
}

json step_job(const FoundJob& job, const PipelinePlan& plan, const StepRecord& record) {
  json object = json::object();
  for (const StepPlan& step : plan.steps) {
    if (step.name != record.step) continue;
    object = step_definition(step, &record);
    object["tags"] = map_object(step.tags);
    const std::string compute = step.compute.empty() ? plan.default_compute : step.compute;
    if (!compute.empty()) object["compute"] = compute;
    if (!step.environment.python.empty()) {
      object["properties"]["batchmill.python"] = step.environment.python;
    }
  }
  if (!record.reused_from.empty()) {
    object["properties"]["azureml.isreused"] = "true";
    object["properties"]["azureml.reusedrunid"] = record.reused_from;
  }
  object["name"] = record.job_name;
  object["display_name"] = record.display_name;
  object["experiment_name"] = job.record.experiment_name;
  object["parent_job_name"] = job.record.name;
  object["id"] = "azureml:/jobs/" + record.job_name;
  object["status"] = name_of(shown_step_status(job, record));
  object["creation_context"] = creation_context(job.record.created, job.record.created_by);
  add_end(record.reason, record.error, record.started, record.ended, object);
  return object;
}

json output_of(const JobRecord& job, const PipelinePlan& plan, const std::string& name,
               const StepOutput& output) {
  for (const StepPlan& step : plan.steps) {
    for (const auto& [own_name, bound] : step.outputs) {
      if (bound.pipeline_output != name) continue;
      const StepRecord* record = record_of(job, step.name);
      if (record == nullptr || !record->outputs.contains(own_name)) continue;
      return output_object(output, record->outputs.at(own_name));
    }
  }
  return output_object(output, "");
}

json pipeline_job(const FoundJob& job, const PipelinePlan& plan) {
  json object = {{"type", "pipeline"},
                 {"inputs", inputs_object(plan.inputs)},
                 {"outputs", json::object()},
                 {"jobs", json::object()}};
  for (const auto& [name, output] : plan.outputs) {
    object["outputs"][name] = output_of(job.record, plan, name, output);
  }
  for (const StepPlan& step : plan.steps) {
    const StepRecord* record = record_of(job.record, step.name);
    json definition = step_definition(step, record);
    if (record != nullptr) {
      definition["name"] = record->job_name;
      definition["status"] = name_of(shown_step_status(job, *record));
    }
    object["jobs"][step.name] = std::move(definition);
  }
  object["settings"] = {{"continue_on_step_failure", plan.continue_on_step_failure},
                        {"force_rerun", plan.force_rerun}};
  if (!plan.default_compute.empty()) object["settings"]["default_compute"] = plan.default_compute;
  if (!plan.default_datastore.empty()) {
    object["settings"]["default_datastore"] = plan.default_datastore;
  }
  return object;
}

json whole_job(const FoundJob& job, const PipelinePlan& plan) {
  const JobRecord& record = job.record;
  json object = plan.is_single_command && plan.steps.size() == 1
                    ? step_definition(plan.steps[0], record_of(record, plan.steps[0].name))
                    : pipeline_job(job, plan);
  object["name"] = record.name;
  object["display_name"] = record.display_name;
  object["experiment_name"] = record.experiment_name;
  if (!plan.description.empty()) object["description"] = plan.description;
  object["id"] = "azureml:/jobs/" + record.name;
  object["status"] = name_of(job.status());
  object["creation_context"] = creation_context(record.created, record.created_by);
  object["properties"] = map_object(record.properties);
  object["tags"] = map_object(record.tags);
  add_end(record.reason, record.error, record.started, record.ended, object);
  return object;
}

// A plan of a newer program cannot be read; what job.db says can still be shown.
PipelinePlan plan_of(const FoundJob& job) {
  return pipeline::plan_from_json(job.record.plan).value_or(PipelinePlan{});
}

}  // namespace

json job_object(const FoundJob& job) {
  const PipelinePlan plan = plan_of(job);
  const StepRecord* step = job.step_record();
  return step == nullptr ? whole_job(job, plan) : step_job(job, plan, *step);
}

json step_objects(const FoundJob& job) {
  const PipelinePlan plan = plan_of(job);
  json list = json::array();
  for (const StepRecord& step : job.record.steps) list.push_back(step_job(job, plan, step));
  return list;
}

json summary_object(const JobSummary& job) {
  json object = {{"name", job.name},
                 {"display_name", job.display_name},
                 {"experiment_name", job.experiment_name},
                 {"type", job.kind},
                 {"status", name_of(job.status)},
                 {"id", "azureml:/jobs/" + job.name},
                 {"creation_context", creation_context(job.created, "")}};
  if (!job.compute.empty()) object["compute"] = job.compute;
  if (job.archived) object["is_archived"] = true;
  return object;
}

json settings_object(const FoundJob& job) {
  json list = json::array();
  for (const StepRecord& step : job.record.steps) {
    if (!job.step.empty() && step.step != job.step) continue;
    const json settings = json::parse(step.settings, nullptr, false);
    if (!settings.is_array()) continue;
    for (json setting : settings) {
      setting["step"] = step.step;
      list.push_back(std::move(setting));
    }
  }
  return list;
}

}  // namespace batchmill::workspace
