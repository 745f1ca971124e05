#include "pipeline/check_command.h"

#include <fmt/format.h>

#include "pipeline/bound_scalar.h"
#include "pipeline/check_code.h"
#include "pipeline/check_expressions.h"
#include "pipeline/check_step.h"
#include "pipeline/split_input.h"

namespace batchmill::pipeline {

namespace {

void report_later(CheckContext& context, const Fields& fields, const char* key,
                  const std::string& what) {
  context.report(diagnose(112, fields.value(key))
                     .with("k", what)
                     .with("workaround", "use one process on one node")
                     .at(fields.path(key))
                     .found(fields.value(key).text()));
}

// What a process finds in its environment when it is the only one (pipeline-yaml.md 2.2).
std::map<std::string, std::string> single_process_variables() {
  return {{"MASTER_ADDR", "127.0.0.1"}, {"MASTER_PORT", "29500"},
          {"WORLD_SIZE", "1"},          {"RANK", "0"},
          {"LOCAL_RANK", "0"},          {"NODE_RANK", "0"}};
}

// One process on one node is all that this version starts.
void check_distribution(CheckContext& context, const Fields& fields, std::int64_t instances,
                        StepPlan& plan) {
  const auto distribution = fields.child("distribution");
  if (!distribution) return;
  const std::string type = distribution->text_or("type", "pytorch");
  if (type == "ray" || type == "tensorflow") {
    context.report(diagnose(111, distribution->value("type"))
                       .with("kind", "distribution")
                       .with("v", type)
                       .with("alternative", "write 'type: pytorch' or 'type: mpi'")
                       .at(distribution->path("type"))
                       .found(type)
                       .allowed({"pytorch", "mpi"}));
  }
  for (const char* key : {"process_count_per_instance", "worker_count"}) {
    const auto count = distribution->integer(key);
    if (count && count->value > 1) {
      report_later(context, *distribution, key, fmt::format("{} above 1", key));
    }
  }
  if (const auto count = distribution->integer("parameter_server_count");
      count && count->value > 0) {
    report_later(context, *distribution, "parameter_server_count", "a parameter server");
  }
  if (instances > 1) {
    const yaml::Value count = fields.value("resources").find("instance_count");
    context.report(diagnose(112, count)
                       .with("k", "distribution over several nodes")
                       .with("workaround", "write 'instance_count: 1'")
                       .at(fields.path("resources") + ".instance_count")
                       .found(count.text()));
  }
  if (type == "pytorch") plan.environment_variables.merge(single_process_variables());
}

}  // namespace

void check_command(CheckContext& context, const StepOutline& step, const Fields& fields,
                   StepPlan& plan) {
  CommandSpec spec;
  if (const yaml::Value command = fields.value("command")) {
    check_template(context, step, {command, "command", fields.path("command"), step.name});
    spec.command = fields.text_or("command", "");
  }
  if (const auto limits = fields.child("limits")) {
    if (const auto timeout = limits->integer("timeout")) spec.timeout_seconds = *timeout;
  }
  if (const auto code = check_code(context, fields)) plan.code = *code;
  plan.environment = check_environment(context, fields);
  const std::int64_t instances = check_instances(context, fields.child("resources"));
  check_distribution(context, fields, instances, plan);
  check_side_inputs(context, step, plan, "");
  plan.spec = std::move(spec);
}

}  // namespace batchmill::pipeline
