#include "engine/worker_spec.h"

#include <nlohmann/json.hpp>

#include "engine/parallel_rules.h"
#include "model/parallel_settings.h"

namespace batchmill::engine {

namespace {

using nlohmann::json;

std::string folder_of(const StepOutput& output, const std::string& path) {
  return is_folder_like(output.type) ? path : path.substr(0, path.find_last_of('/'));
}

json append_json(const std::optional<RowFormat>& rows) {
  if (!rows) return nullptr;
  return {{"format", rows->format},
          {"to_csv", json::parse(rows->to_csv)},
          {"provenance", rows->provenance},
          {"output_field_only", rows->output_field_only}};
}

json streaming_json(const ParallelSpec& spec, const parallel::StepRules& rules) {
  if (!spec.async_mode.value) return nullptr;
  return {{"window", rules.fixed_window}, {"run_timeout_s", spec.timeout_seconds.value}};
}

json text_or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

}  // namespace

std::string append_text(const std::optional<RowFormat>& rows) { return append_json(rows).dump(); }

std::string output_folder(const StepFacts& facts, const PreparedStep& prepared) {
  const auto& spec = std::get<ParallelSpec>(facts.step.spec);
  for (const std::string& name : {spec.output_data, spec.append_row_to}) {
    const auto named = facts.step.outputs.find(name);
    if (named != facts.step.outputs.end())
      return folder_of(named->second, prepared.outputs.at(name));
  }
  for (const auto& [name, output] : facts.step.outputs) {
    if (is_folder_like(output.type)) return prepared.outputs.at(name);
  }
  return prepared.working_folder + "/outputs";
}

std::string worker_spec_json(const StepFacts& facts, const PreparedStep& prepared,
                             const parallel::StepRules& rules,
                             const std::vector<std::string>& arguments,
                             const WorkerSpecInput& input, const std::optional<RowFormat>& rows) {
  const auto& spec = std::get<ParallelSpec>(facts.step.spec);
  json data = {{"kind", input.kind},
               {"name", spec.input_data},
               {"root", input.root},
               {"manifest", facts.job.step(facts.step.name).manifest()}};
  if (!input.schema.empty()) data["schema"] = json::parse(input.schema);
  const json document = {
      {"version", 1},
      {"step", facts.step.name},
      {"job", facts.job_name},
      {"root_job", environment_facts(facts, prepared).root_job},
      {"node_count", node_count(facts.step)},
      {"code", prepared.working_folder},
      {"entry_script", spec.entry_script},
      {"arguments", arguments},
      {"logging_level", name_of(spec.logging_level.value)},
      {"output_dir", output_folder(facts, prepared)},
      {"input", data},
      {"count_check", rules.count_check},
      {"prefetch", spec.prefetch.value},
      {"profiling_module", text_or_null(spec.profiling_module.value)},
      {"streaming", streaming_json(spec, rules)},
      {"append", append_json(rows)},
  };
  return document.dump(1) + "\n";
}

}  // namespace batchmill::engine
