#include "pipeline/check_job.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include "base/text.h"
#include "pipeline/check_code.h"
#include "pipeline/check_inputs.h"
#include "pipeline/check_outputs.h"
#include "pipeline/check_step.h"
#include "pipeline/fields.h"
#include "pipeline/graph.h"
#include "pipeline/split_input.h"

namespace batchmill::pipeline {

namespace {

enum class JobKind { kPipeline, kCommand };

// The one step of a command job.
constexpr const char* kOnlyStep = "main";

constexpr std::array kForeignJobs = {"sweep",         "automl", "spark",
                                     "data_transfer", "import", "finetuning"};

SourcePlace top_place(const CheckContext& context) {
  const yaml::Value root = context.document().root();
  if (root && root.place().line > 0) return root.place();
  return {context.document().file(), 1, 1, 2};
}

void report_job_kind(CheckContext& context, const yaml::Value& type) {
  const std::string name = to_lower(trim(type.text()));
  const std::vector<std::string> allowed = {"pipeline", "command"};
  if (name == "parallel") {
    context.report(diagnose(111, type)
                       .with("kind", "job type")
                       .with("v", type.text())
                       .with("alternative", "put it under 'jobs' of a 'type: pipeline' job")
                       .at("type")
                       .found(type.text())
                       .allowed(allowed));
  } else if (std::find(kForeignJobs.begin(), kForeignJobs.end(), name) != kForeignJobs.end()) {
    context.report(diagnose(111, type)
                       .with("kind", "job type")
                       .with("v", type.text())
                       .with("alternative", "write command and parallel steps of a pipeline")
                       .at("type")
                       .found(type.text())
                       .allowed(allowed));
  } else {
    context.report(diagnose(109, type)
                       .with("v", type.text())
                       .with("k", "type")
                       .at("type")
                       .found(type.text())
                       .allowed(allowed)
                       .near(allowed));
  }
}

// Nothing after a report. A file without `type` is a command job if it looks like one.
std::optional<JobKind> job_kind(CheckContext& context) {
  const yaml::Value root = context.document().root();
  if (root && !root.is_mapping() && !yaml::is_null(root)) {
    context.report(diagnose(108, root)
                       .with("k", "the file")
                       .with("type", "a mapping")
                       .with("actual", root.is_sequence() ? "a list" : "a string"));
    return std::nullopt;
  }
  const yaml::Value type = root ? root.find("type") : yaml::Value();
  if (yaml::is_null(type)) {
    const bool is_command = root && root.find("command") && !root.find("jobs");
    return is_command ? JobKind::kCommand : JobKind::kPipeline;
  }
  const std::string name = type.is_scalar() ? to_lower(trim(type.text())) : "";
  if (name == "pipeline") return JobKind::kPipeline;
  if (name == "command") return JobKind::kCommand;
  if (type.is_scalar()) {
    report_job_kind(context, type);
  } else {
    context.report(diagnose(108, type)
                       .with("k", "type")
                       .with("type", "a string")
                       .with("actual", type.is_mapping() ? "a mapping" : "a list")
                       .with("example", "pipeline")
                       .at("type"));
  }
  return std::nullopt;
}

// Names of jobs are names of folders.
void check_job_name(CheckContext& context, const Fields& fields) {
  constexpr std::size_t kLongest = 255;
  const auto name = fields.text("name");
  if (!name) return;
  const std::string& text = name->value;
  const bool is_legal = !text.empty() && text.size() <= kLongest &&
                        std::isalnum(static_cast<unsigned char>(text.front())) != 0 &&
                        std::all_of(text.begin(), text.end(), [](unsigned char c) {
                          return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
                        });
  if (is_legal) return;
  context.report(diagnose(115, fields.value("name"))
                     .with("name", text)
                     .with("what", "a job")
                     .at("name")
                     .found(text)
                     .help("use letters, digits, '_', '-' and '.'; begin with a letter or digit"));
}

void read_naming(CheckContext& context, const Fields& fields, PipelinePlan& plan) {
  check_job_name(context, fields);
  plan.name = fields.text_or("name", "");
  plan.display_name = fields.text_or("display_name", "");
  plan.experiment_name = fields.text_or("experiment_name", "");
  plan.description = fields.text_or("description", "");
  plan.tags = fields.text_map("tags");
  plan.properties = fields.text_map("properties");
  plan.source_file = context.request.file;
}

void check_datastore(CheckContext& context, const Fields& settings, const std::string& name) {
  const auto& folder_of = context.request.datastore_folder;
  if (!folder_of || folder_of(name)) return;
  context.report(diagnose(411, settings.value("default_datastore"))
                     .with("d", name)
                     .at(settings.path("default_datastore"))
                     .found(name)
                     .allowed(context.request.datastores)
                     .near(context.request.datastores));
}

void read_settings(CheckContext& context, const Fields& fields, PipelinePlan& plan) {
  plan.default_compute = bare_name(fields.text_or("compute", ""));
  const auto settings = fields.child("settings");
  if (!settings) return;
  const std::string compute = bare_name(settings->text_or("default_compute", ""));
  if (!compute.empty()) plan.default_compute = compute;
  if (const auto datastore = settings->text("default_datastore")) {
    plan.default_datastore = bare_name(datastore->value);
    check_datastore(context, *settings, plan.default_datastore);
  }
  const auto goes_on = settings->boolean("continue_on_step_failure");
  if (goes_on) plan.continue_on_step_failure = goes_on->value;
  if (const auto rerun = settings->boolean("force_rerun")) plan.force_rerun = rerun->value;
}

void report_cycle(CheckContext& context, const std::vector<Edge>& cycle) {
  std::string text = cycle.front().consumer;
  for (const Edge& edge : cycle) text += " -> " + edge.producer;
  auto builder = diagnose(301, cycle.front().place)
                     .with("cycle", text)
                     .at("jobs." + cycle.front().consumer)
                     .found(text);
  for (const Edge& edge : cycle) {
    builder.note(edge.place, "'" + edge.consumer + "' waits for '" + edge.producer + "'");
  }
  context.report(builder);
}

// Puts the steps in the order in which they can run.
void order(CheckContext& context, std::map<std::string, StepPlan> plans, PipelinePlan& plan) {
  const Order ordered = order_steps(context.step_names(), context.edges);
  for (const auto& cycle : ordered.cycles) report_cycle(context, cycle);
  for (const std::string& name : ordered.steps) {
    const auto found = plans.find(name);
    if (found != plans.end()) plan.steps.push_back(std::move(found->second));
  }
}

void show_interface(const CheckContext& context, PipelinePlan& plan) {
  for (const auto& [name, input] : context.inputs) {
    if (input.kind == PipelineInput::Kind::kData) {
      plan.inputs.emplace(name, input.data);
    } else if (input.kind == PipelineInput::Kind::kLiteral) {
      StepInput literal;
      literal.source = LiteralInput{yaml::python_text(input.literal)};
      literal.place = input.place;
      plan.inputs.emplace(name, std::move(literal));
    }
  }
  for (const auto& [name, output] : context.outputs) plan.outputs.emplace(name, output.output);
}

PipelinePlan check_pipeline_job(CheckContext& context) {
  PipelinePlan plan;
  const Fields fields(context, context.document().root(),
                      {MappingKind::kPipelineJob, "", top_place(context), std::nullopt, {}, ""});
  read_naming(context, fields, plan);
  read_settings(context, fields, plan);
  check_pipeline_inputs(context, fields.value("inputs"));
  check_pipeline_outputs(context, fields.value("outputs"));
  context.steps = outline_steps(context, fields.value("jobs"));
  if (fields.value("jobs") && context.steps.empty()) {
    context.report(diagnose(107, fields.value("jobs"))
                       .with("kind", "jobs")
                       .with("k", "a step")
                       .with("example", "train: {command: python train.py, ...}")
                       .help("add a step")
                       .at("jobs"));
  }
  std::map<std::string, StepPlan> plans;
  for (const StepOutline& step : context.steps) {
    StepPlan checked = check_step(context, step);
    if (step.kind && !step.has_open_interface) plans.emplace(step.name, std::move(checked));
  }
  order(context, std::move(plans), plan);
  show_interface(context, plan);
  return plan;
}

PipelinePlan check_command_job(CheckContext& context) {
  PipelinePlan plan;
  plan.is_single_command = true;
  context.has_parent = false;
  const StepOutline outline{kOnlyStep,          {},   context.document().root(), "",
                            StepKind::kCommand, false};
  context.steps = {outline};
  const Fields fields(context, context.document().root(),
                      {MappingKind::kCommandJob, "", top_place(context), std::nullopt, {}, ""});
  context.diagnostics.clear();  // the step reports the same
  read_naming(context, fields, plan);
  StepPlan step = check_step(context, context.steps.front());
  plan.default_compute = step.compute;
  plan.inputs = step.inputs;
  plan.outputs = step.outputs;
  plan.steps.push_back(std::move(step));
  return plan;
}

}  // namespace

PipelinePlan check_job(CheckContext& context) {
  const auto kind = job_kind(context);
  if (!kind) return {};
  return *kind == JobKind::kPipeline ? check_pipeline_job(context) : check_command_job(context);
}

}  // namespace batchmill::pipeline
