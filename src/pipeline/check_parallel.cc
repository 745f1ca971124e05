#include "pipeline/check_parallel.h"

#include <map>

#include "base/text.h"
#include "pipeline/check_arguments.h"
#include "pipeline/check_code.h"
#include "pipeline/check_expressions.h"
#include "pipeline/check_inputs.h"
#include "pipeline/check_setting_pairs.h"
#include "pipeline/check_step.h"
#include "pipeline/setting_value.h"
#include "pipeline/split_input.h"

namespace batchmill::pipeline {

namespace {

void read_setting(CheckContext& context, const Fields& owner, const ParallelSetting& setting,
                  ParallelSpec& spec) {
  const auto dot = setting.key.find('.');
  const std::string_view name =
      dot == std::string_view::npos ? setting.key : setting.key.substr(dot + 1);
  const auto given = owner.given(name);
  if (!given) return;
  const auto problem = put_setting(spec, setting, *given);
  if (!problem) return;
  const std::string text = std::get<std::string>(given->value);
  context.report(diagnose_text(*problem, given->place, text, "")
                     .at(owner.path(name))
                     .found(text)
                     .value(owner.value(name)));
}

// The engine's older name of a threshold. Of a component's and a step's value the step's counts,
// whichever name it has.
void read_older_name(CheckContext& context, const Fields& step, ParallelSpec& spec) {
  const auto count = step.integer("allowed_failed_count");
  auto& threshold = spec.mini_batch_error_threshold;
  if (!count || threshold.origin > count->origin) return;
  if (threshold.origin < count->origin) {
    threshold = *count;
  } else if (threshold.value != count->value) {
    context.report(diagnose(512, threshold.place)
                       .with("argument", "mini_batch_error_threshold:")
                       .with("v", std::to_string(threshold.value))
                       .with("k", "allowed_failed_count")
                       .with("w", std::to_string(count->value))
                       .at(step.path("mini_batch_error_threshold"))
                       .found(std::to_string(threshold.value))
                       .note(count->place, "the other value"));
  }
}

void read_settings(CheckContext& context, const Fields& step, ParallelSpec& spec) {
  std::map<std::string, std::optional<Fields>, std::less<>> children;
  for (const char* name : {"retry_settings", "resources"}) children.emplace(name, step.child(name));
  for (const ParallelSetting& setting : parallel_settings()) {
    const auto dot = setting.key.find('.');
    const Fields* owner = &step;
    if (dot != std::string_view::npos) {
      const auto& child = children.find(setting.key.substr(0, dot))->second;
      owner = child ? &*child : nullptr;
    }
    if (owner != nullptr) read_setting(context, *owner, setting, spec);
  }
  read_older_name(context, step, spec);
  check_instances(context, children.at("resources"));
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

void read_output_data(CheckContext& context, const StepOutline& step, const Fields& fields,
                      ParallelSpec& spec) {
  const yaml::Value value = fields.value("output_data");
  if (!value) return;
  const NamedScalar at{value, "output_data", fields.path("output_data"), step.name};
  spec.output_data = check_reference(context, step, at, Direction::kOutput, 508).value_or("");
}

// Ranks are mini-batches without input: what input_data names is not split then.
void read_split_input(CheckContext& context, const StepOutline& step, const Fields& fields,
                      const StepPlan& plan, ParallelSpec& spec) {
  const bool has_ranks = spec.rank_mini_batch_count.value > 0;
  if (!has_ranks) fields.report_missing("input_data");
  const yaml::Value input = fields.value("input_data");
  if (!input) return;
  const NamedScalar at{input, "input_data", fields.path("input_data"), step.name};
  const auto name = check_reference(context, step, at, Direction::kInput, 501);
  if (!name || has_ranks) return;
  if (step.unset_inputs.contains(*name)) {
    context.report(diagnose(401, at.value).with("x", *name).with("s", step.name).at(at.path));
  }
  spec.input_data = *name;
  check_split_input(context, step, at, plan, spec);
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
  const auto task = fields.child("task");
  read_append_target(context, step, fields, task ? &*task : nullptr, spec);
  read_output_data(context, step, fields, spec);
  if (task) check_task(context, step, *task, plan, spec);
  check_setting_pairs(context, fields, spec, plan.outputs,
                      fields.stands("append_row_to") || (task && task->stands("append_row_to")));
  read_split_input(context, step, fields, plan, spec);
  check_side_inputs(context, step, plan, spec.input_data);
  plan.spec = std::move(spec);
}

}  // namespace batchmill::pipeline
