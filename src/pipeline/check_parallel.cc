#include "pipeline/check_parallel.h"

#include <algorithm>

#include "base/text.h"
#include "pipeline/check_arguments.h"
#include "pipeline/check_code.h"
#include "pipeline/check_expressions.h"
#include "pipeline/check_inputs.h"
#include "pipeline/check_step.h"
#include "pipeline/size_text.h"
#include "pipeline/split_input.h"

namespace batchmill::pipeline {

namespace {

template <typename T>
void take(Setting<T>& setting, const std::optional<Setting<T>>& given) {
  if (given) setting = *given;
}

void report_name(CheckContext& context, const Fields& fields, const Setting<std::string>& name) {
  context.report(diagnose(407, fields.value("append_row_file_name"))
                     .with("v", name.value)
                     .with("type", "a file name")
                     .with("example", "rows.txt")
                     .at(fields.path("append_row_file_name"))
                     .found(name.value));
}

void read_settings(CheckContext& context, const Fields& fields, ParallelSpec& spec) {
  take(spec.error_threshold, fields.integer("error_threshold"));
  take(spec.mini_batch_error_threshold, fields.integer("allowed_failed_count"));
  take(spec.mini_batch_error_threshold, fields.integer("mini_batch_error_threshold"));
  take(spec.allowed_failed_percent, fields.number("allowed_failed_percent"));
  take(spec.max_concurrency_per_instance, fields.integer("max_concurrency_per_instance"));
  take(spec.task_overhead_timeout_seconds, fields.integer("task_overhead_timeout"));
  take(spec.progress_update_timeout_seconds, fields.integer("progress_update_timeout"));
  take(spec.first_task_creation_timeout_seconds, fields.integer("first_task_creation_timeout"));
  take(spec.allow_empty_input, fields.boolean("allow_empty_input"));
  take(spec.append_row_dataframe_header, fields.boolean("append_row_dataframe_header"));
  if (const auto level = fields.text("logging_level")) {
    spec.logging_level = {logging_level_from(level->value), level->origin, level->place};
  }
  if (const auto name = fields.text("append_row_file_name")) {
    spec.append_row_file_name = *name;
    if (!is_file_name(name->value)) report_name(context, fields, *name);
  }
  if (const auto retry = fields.child("retry_settings")) {
    take(spec.max_retries, retry->integer("max_retries"));
    take(spec.timeout_seconds, retry->integer("timeout"));
  }
}

void read_size(CheckContext& context, const Fields& fields, ParallelSpec& spec) {
  const auto text = fields.text("mini_batch_size");
  if (!text) return;
  if (const auto size = parse_mini_batch_size(text->value)) {
    spec.mini_batch_size = {*size, text->origin, text->place};
    return;
  }
  context.report(diagnose(503, fields.value("mini_batch_size"))
                     .with("v", text->value)
                     .at(fields.path("mini_batch_size"))
                     .found(text->value)
                     .value(fields.value("mini_batch_size")));
}

// `run_function` is the only kind of task that runs here.
void check_task_type(CheckContext& context, const Fields& task) {
  const auto type = task.text("type");
  if (!type || to_lower(type->value) == "run_function") return;
  const bool is_foreign = type->value == "model" || type->value == "function";
  auto builder = diagnose(is_foreign ? 111 : 109, task.value("type"))
                     .with("v", type->value)
                     .at(task.path("type"))
                     .found(type->value)
                     .allowed({"run_function"});
  if (is_foreign) {
    builder.with("kind", "task type").with("alternative", "write 'type: run_function'");
  } else {
    builder.with("k", "type").near({"run_function"});
  }
  context.report(builder);
}

// `append_row_to` belongs in the task; a published component has it beside the task.
void read_append_target(CheckContext& context, const StepOutline& step, const Fields& fields,
                        const Fields* task, ParallelSpec& spec) {
  const bool in_task = task != nullptr && task->stands("append_row_to");
  const Fields& owner = in_task ? *task : fields;
  const yaml::Value value = owner.value("append_row_to");
  if (!value) return;
  if (!in_task) {
    context.report(diagnose(106, value)
                       .with("k", "append_row_to")
                       .with("kind", "a parallel step")
                       .with("target", fields.path("task") + ".append_row_to")
                       .at(fields.path("append_row_to"))
                       .found("append_row_to")
                       .level(Level::kWarning));
  }
  const NamedScalar at{value, "append_row_to", owner.path("append_row_to"), step.name};
  spec.append_row_to = check_reference(context, step, at, Direction::kOutput, 508).value_or("");
}

void check_script_hook(CheckContext& context, const std::string& script, const StepPlan& plan) {
  if (!context.request.check_script) return;
  for (Diagnostic& diagnostic : context.request.check_script(script, plan)) {
    context.diagnostics.push_back(std::move(diagnostic));
  }
}

void check_task(CheckContext& context, const StepOutline& step, const Fields& task, StepPlan& plan,
                ParallelSpec& spec) {
  check_task_type(context, task);
  plan.environment = check_environment(context, task);
  spec.entry_script = task.text_or("entry_script", "");
  check_arguments(context, step, task, plan.inputs, spec);
  const auto code = check_code(context, task);
  if (!code || code->empty()) return;
  plan.code = *code;
  if (const auto script = check_entry_script(context, task, *code)) {
    check_script_hook(context, *script, plan);
  }
}

}  // namespace

void check_parallel(CheckContext& context, const StepOutline& step, const Fields& fields,
                    StepPlan& plan) {
  ParallelSpec spec;
  read_settings(context, fields, spec);
  read_size(context, fields, spec);
  if (const auto count = check_instances(context, fields); count > 1) {
    const yaml::Value value = fields.value("resources").find("instance_count");
    spec.instance_count = {count, SettingOrigin::kNode, value.place()};
  }
  const auto task = fields.child("task");
  read_append_target(context, step, fields, task ? &*task : nullptr, spec);
  if (task) check_task(context, step, *task, plan, spec);
  if (const yaml::Value input = fields.value("input_data")) {
    const NamedScalar at{input, "input_data", fields.path("input_data"), step.name};
    spec.input_data = check_reference(context, step, at, Direction::kInput, 501).value_or("");
    if (!spec.input_data.empty()) check_split_input(context, step, at, plan, spec);
  }
  check_side_inputs(context, step, plan, spec.input_data);
  plan.spec = std::move(spec);
}

}  // namespace batchmill::pipeline
