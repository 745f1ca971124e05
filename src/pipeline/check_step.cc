#include "pipeline/check_step.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "base/text.h"
#include "pipeline/check_code.h"
#include "pipeline/check_command.h"
#include "pipeline/check_inputs.h"
#include "pipeline/check_outputs.h"
#include "pipeline/check_parallel.h"
#include "pipeline/component_inputs.h"
#include "pipeline/load_component.h"

namespace batchmill::pipeline {

namespace {

// Kinds of steps of the original that Batchmill does not run, with what to do instead.
struct ForeignKind {
  std::string_view type;
  std::string_view alternative;
};
constexpr std::array kForeignKinds = {
    ForeignKind{"sweep", "write a command step for each value"},
    ForeignKind{"automl", "train in a command step"},
    ForeignKind{"spark", "use a parallel step"},
    ForeignKind{"data_transfer", "copy in a command step"},
    ForeignKind{"import", "fetch the data in a command step"},
    ForeignKind{"do_while", "write the steps one after the other"},
    ForeignKind{"if_else", "decide in a command step"},
    ForeignKind{"parallel_for", "use a parallel step"},
};

void check_step_name(CheckContext& context, const yaml::Entry& entry, const std::string& path) {
  const std::string& name = entry.key.text();
  bool is_legal = !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
                  name.front() != '-';
  bool is_current = is_legal;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = std::islower(byte) != 0 || std::isdigit(byte) != 0 || c == '_';
    is_current = is_current && is_plain;
    is_legal = is_legal && (is_plain || std::isupper(byte) != 0 || c == '-');
  }
  if (is_legal && is_current) return;
  context.report(diagnose(is_legal ? 116 : 115, entry.key)
                     .with("name", name)
                     .with("what", "a step")
                     .at(path)
                     .found(name));
}

void report_foreign(CheckContext& context, const yaml::Value& type, const std::string& path,
                    std::string_view alternative) {
  context.report(diagnose(111, type)
                     .with("kind", "step type")
                     .with("v", type.text())
                     .with("alternative", std::string(alternative))
                     .at(path)
                     .found(type.text())
                     .allowed({"command", "parallel"}));
}

// The kind that `type` names; nothing after a report.
std::optional<StepKind> kind_from(CheckContext& context, const yaml::Value& type,
                                  const std::string& path) {
  const std::string name = to_lower(trim(type.text()));
  if (name == "command") return StepKind::kCommand;
  if (name == "parallel") return StepKind::kParallel;
  if (name == "pipeline") {
    context.report(diagnose(112, type)
                       .with("k", "type: pipeline")
                       .with("workaround", "write the nested steps among the outer ones")
                       .at(path)
                       .found(type.text()));
    return std::nullopt;
  }
  const auto foreign = std::find_if(kForeignKinds.begin(), kForeignKinds.end(),
                                    [&](const ForeignKind& kind) { return kind.type == name; });
  if (foreign != kForeignKinds.end()) {
    report_foreign(context, type, path, foreign->alternative);
    return std::nullopt;
  }
  context.report(diagnose(109, type)
                     .with("v", type.text())
                     .with("k", "type")
                     .at(path)
                     .found(type.text())
                     .allowed({"command", "parallel"})
                     .near({"command", "parallel"}));
  return std::nullopt;
}

// Without `type` a step is a command, unless it has what only a parallel step has.
StepKind kind_by_keys(const yaml::Value& mapping) {
  const bool is_parallel =
      !mapping.find("command") && (mapping.find("task") || mapping.find("input_data"));
  return is_parallel ? StepKind::kParallel : StepKind::kCommand;
}

// The kind that a step says it has, or looks like.
std::optional<StepKind> outline_kind(CheckContext& context, const StepOutline& step,
                                     const yaml::Value& type) {
  if (yaml::is_null(type)) return kind_by_keys(step.mapping);
  if (type.is_scalar()) return kind_from(context, type, step.path + ".type");
  context.report(diagnose(108, type)
                     .with("k", "type")
                     .with("type", "a string")
                     .with("actual", type.is_mapping() ? "a mapping" : "a list")
                     .with("example", "command")
                     .at(step.path + ".type"));
  return std::nullopt;
}

// A step takes the kind of its component where it names none itself.
void resolve_component(CheckContext& context, StepOutline& step, const yaml::Value& component,
                       const yaml::Value& type) {
  const bool is_broken = !yaml::is_null(type) && !step.kind;
  const std::size_t reported = context.diagnostics.size();
  if (!is_broken) {
    step.component = load_component(context, component, step.name, step.path, step.kind, type);
  }
  note_step(context, reported, step);
  step.has_open_interface = step.component == nullptr;
  if (step.component) {
    step.kind = step.component->kind;
  } else if (!step.kind && !is_broken) {
    step.kind = kind_by_keys(step.mapping);
  }
}

StepOutline outline_step(CheckContext& context, const yaml::Entry& entry) {
  StepOutline step{entry.key.text(), entry.key, entry.value,
                   yaml::join_path("jobs", entry.key.text())};
  check_step_name(context, entry, step.path);
  if (!entry.value.is_mapping()) {
    context.report(diagnose(108, yaml::is_null(entry.value) ? entry.key : entry.value)
                       .with("k", step.name)
                       .with("type", "a mapping")
                       .with("actual", yaml::is_null(entry.value)  ? "null"
                                       : entry.value.is_sequence() ? "a list"
                                                                   : "a string")
                       .at(step.path));
    return step;
  }
  const yaml::Value component = entry.value.find("component");
  const yaml::Value type = entry.value.find("type");
  step.kind = outline_kind(context, step, type);
  if (yaml::is_null(component) || !(component.is_scalar() || component.is_mapping())) return step;
  if (yaml::is_null(type)) step.kind.reset();
  resolve_component(context, step, component, type);
  return step;
}

void read_common(const StepOutline& step, const Fields& fields, const CheckContext& context,
                 StepPlan& plan) {
  plan.name = step.name;
  plan.display_name = fields.text_or("display_name", "");
  plan.description = fields.text_or("description", "");
  plan.tags = fields.text_map("tags");
  plan.place = step.key ? step.key.place() : step.mapping.place();
  // What decides what runs: its relative paths start there.
  const yaml::Value body = fields.value(step.kind == StepKind::kParallel ? "task" : "command");
  plan.base_dir = context.folder_of(body);
  plan.compute = bare_name(fields.text_or("compute", ""));
  plan.environment_variables = fields.text_map("environment_variables");
}

}  // namespace

std::vector<StepOutline> outline_steps(CheckContext& context, const yaml::Value& jobs) {
  std::vector<StepOutline> steps;
  for (const yaml::Entry& entry : jobs.entries()) steps.push_back(outline_step(context, entry));
  return steps;
}

namespace {

// What the component of a step gives.
std::optional<Below> below(const StepOutline& step) {
  if (!step.component) return std::nullopt;
  const Component& component = *step.component;
  Owner owner{component.kind == StepKind::kParallel ? MappingKind::kParallelComponent
                                                    : MappingKind::kCommandComponent,
              component.path,
              component.place,
              std::nullopt,
              {},
              step.name,
              SettingOrigin::kComponent};
  return Below{component.mapping, std::move(owner)};
}

StepPlan check_outlined(CheckContext& context, StepOutline step) {
  StepPlan plan;
  const bool is_parallel = *step.kind == StepKind::kParallel;
  const MappingKind command_kind =
      context.has_parent ? MappingKind::kCommandStep : MappingKind::kCommandJob;
  Owner owner{is_parallel ? MappingKind::kParallelStep : command_kind,
              step.path,
              step.key ? step.key.place() : step.mapping.place(),
              std::nullopt,
              {},
              step.name};
  owner.is_open = step.has_open_interface;
  if (context.has_parent) owner.parent = MappingKind::kPipelineJob;
  const Fields fields(context, step.mapping, std::move(owner), below(step));
  read_common(step, fields, context, plan);
  plan.inputs = step.component ? check_component_inputs(context, step, fields.value("inputs"))
                               : check_step_inputs(context, step, fields.value("inputs"));
  plan.outputs = check_step_outputs(context, step, fields.value("outputs"));
  if (is_parallel) {
    check_parallel(context, step, fields, plan);
  } else {
    check_command(context, step, fields, plan);
  }
  return plan;
}

}  // namespace

StepPlan check_step(CheckContext& context, const StepOutline& step) {
  if (!step.kind) return {};
  const std::size_t reported = context.diagnostics.size();
  StepPlan plan = check_outlined(context, step);
  if (step.component) note_step(context, reported, step);
  return plan;
}

std::int64_t check_instances(CheckContext& context, const std::optional<Fields>& resources) {
  const auto count = resources ? resources->integer("instance_count") : std::nullopt;
  if (!count) return 1;
  if (count->value > 1) {
    const bool is_parallel = resources->owner().parent == MappingKind::kParallelStep;
    const std::string nodes = is_parallel ? fmt::format("{} nodes of this machine", count->value)
                                          : std::string("one node of this machine");
    const std::string cores = context.request.cores == 0
                                  ? ""
                                  : fmt::format(", which has {} cores", context.request.cores);
    context.report(diagnose(7, count->place)
                       .with("count", std::to_string(count->value))
                       .with("effect", fmt::format("step '{}' runs as {}{}",
                                                   resources->owner().step, nodes, cores))
                       .at(resources->path("instance_count")));
  }
  return count->value;
}

}  // namespace batchmill::pipeline
