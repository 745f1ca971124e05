#include "engine/parallel_rules.h"

#include <algorithm>

namespace batchmill::engine {

namespace {

using std::chrono::seconds;

constexpr std::int64_t kLeastProgressTimeout = 300;

std::int64_t progress_timeout(const ParallelSpec& spec) {
  if (spec.progress_update_timeout_seconds.value > 0)
    return spec.progress_update_timeout_seconds.value;
  const std::int64_t computed = (spec.max_retries.value + 1) * spec.timeout_seconds.value +
                                spec.task_overhead_timeout_seconds.value;
  return std::max(kLeastProgressTimeout, computed);
}

std::uint32_t workers_per_node(const ParallelSpec& spec, const Machine& machine) {
  if (spec.max_concurrency_per_instance.value > 0)
    return static_cast<std::uint32_t>(spec.max_concurrency_per_instance.value);
  if (!machine.gpus.empty()) return 1;
  return std::max(1U, machine.cores / node_count(spec));
}

Duration from_seconds(double value) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

}  // namespace

bool appends_rows(const ParallelSpec& spec) {
  return !spec.append_row_to.empty() && spec.output_action.value != "summary_only";
}

std::uint32_t node_count(const ParallelSpec& spec) {
  return static_cast<std::uint32_t>(std::max<std::int64_t>(1, spec.instance_count.value));
}

std::uint32_t node_count(const StepPlan& step) {
  const auto* spec = std::get_if<ParallelSpec>(&step.spec);
  return spec == nullptr ? 1 : node_count(*spec);
}

parallel::StepRules step_rules(const ParallelSpec& spec, const Machine& machine) {
  parallel::StepRules rules;
  rules.max_retries = static_cast<std::uint32_t>(spec.max_retries.value);
  rules.run_timeout = seconds(spec.timeout_seconds.value);
  rules.load_timeout = seconds(spec.task_overhead_timeout_seconds.value);
  rules.count_check = !(spec.error_threshold.is_explicit() && spec.error_threshold.value == -1);
  rules.error_threshold = spec.error_threshold.value;
  rules.mini_batch_error_threshold = spec.mini_batch_error_threshold.value;
  rules.allowed_failed_percent = spec.allowed_failed_percent.value;
  rules.first_task_timeout = seconds(spec.first_task_creation_timeout_seconds.value);
  rules.progress_timeout = seconds(progress_timeout(spec));
  rules.workers_per_node = workers_per_node(spec, machine);
  rules.expects_rows = appends_rows(spec);
  rules.allow_empty_input = spec.allow_empty_input.value;
  rules.bisect = spec.bisect.value;
  rules.speculation = spec.speculation.value;
  rules.largest_first = spec.order.value == "largest_first";
  rules.init_stagger = from_seconds(spec.init_stagger_seconds.value);
  rules.max_mini_batches_per_second = spec.max_mini_batches_per_second.value;
  if (spec.async_mode.value)
    rules.fixed_window =
        static_cast<std::uint32_t>(std::max<std::int64_t>(1, spec.async_window.value));
  return rules;
}

}  // namespace batchmill::engine
