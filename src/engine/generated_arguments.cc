#include "engine/generated_arguments.h"

#include <fmt/format.h>

#include "engine/effective_settings.h"
#include "model/parallel_settings.h"

namespace batchmill::engine {

namespace {

class Arguments {
 public:
  void add(std::string name, std::string value) {
    words_.push_back("--" + std::move(name));
    words_.push_back(std::move(value));
  }
  void add(std::string name, std::int64_t value) { add(std::move(name), fmt::to_string(value)); }
  std::vector<std::string> take() { return std::move(words_); }

 private:
  std::vector<std::string> words_;
};

void add_data(const StepFacts& step, const PreparedStep& prepared, const ArgumentFacts& facts,
              Arguments& arguments) {
  const auto& spec = std::get<ParallelSpec>(step.step.spec);
  if (const auto split = prepared.inputs.find(spec.input_data);
      split != prepared.inputs.end() && facts.input_kind != "ranks") {
    arguments.add(facts.input_kind == "table" ? "input_ds_0" : "input_fds_0", split->second);
  }
  const auto target = step.step.outputs.find(spec.append_row_to);
  if (facts.appends && target != step.step.outputs.end() && !is_folder_like(target->second.type)) {
    arguments.add("output_uri_file", prepared.outputs.at(target->first));
  }
  for (const auto& [name, input] : step.step.inputs) {
    if (!input.is_literal()) arguments.add("input_asset_" + name, prepared.inputs.at(name));
  }
}

}  // namespace

std::vector<std::string> generated_arguments(const StepFacts& step, const PreparedStep& prepared,
                                             const ArgumentFacts& facts) {
  const auto& spec = std::get<ParallelSpec>(step.step.spec);
  Arguments arguments;
  arguments.add("client_sdk_version", step.version);
  arguments.add("scoring_module_name", spec.entry_script);
  arguments.add("mini_batch_size", mini_batch_size_text(spec, facts.input_kind));
  arguments.add("error_threshold", spec.error_threshold.value);
  arguments.add("output_action", std::string(facts.appends ? "append_row" : "summary_only"));
  arguments.add("logging_level", std::string(name_of(spec.logging_level.value)));
  arguments.add("run_invocation_timeout", spec.timeout_seconds.value);
  arguments.add("run_max_try", spec.max_retries.value + 1);
  arguments.add("create_snapshot_at_runtime", std::string("True"));
  arguments.add("allowed_failed_count", spec.mini_batch_error_threshold.value);
  arguments.add("allowed_failed_percent", fmt::format("{}", spec.allowed_failed_percent.value));
  arguments.add("append_row_file_name", spec.append_row_file_name.value);
  arguments.add("output", facts.output_folder);
  arguments.add("process_count_per_node", std::int64_t{facts.rules.workers_per_node});
  add_data(step, prepared, facts, arguments);
  return arguments.take();
}

}  // namespace batchmill::engine
