#include "engine/worker_spec.h"

#include <nlohmann/json.hpp>

namespace batchmill::engine {

namespace {

using nlohmann::json;

const char* level_name(LoggingLevel level) {
  if (level == LoggingLevel::kDebug) return "DEBUG";
  return level == LoggingLevel::kWarning ? "WARNING" : "INFO";
}

// The folder that scripts know as EntryScript.output_dir: the append target's, else the first
// output that is a folder, else the working folder's outputs/.
std::string output_folder(const StepFacts& facts, const PreparedStep& prepared) {
  const auto& spec = std::get<ParallelSpec>(facts.step.spec);
  const auto target = facts.step.outputs.find(spec.append_row_to);
  if (target != facts.step.outputs.end()) {
    const std::string& path = prepared.outputs.at(target->first);
    return is_folder_like(target->second.type) ? path : path.substr(0, path.find_last_of('/'));
  }
  for (const auto& [name, output] : facts.step.outputs) {
    if (is_folder_like(output.type)) return prepared.outputs.at(name);
  }
  return prepared.working_folder + "/outputs";
}

// A header may be a list of names to write instead of the frame's own.
bool asks_for_header(const json& header) {
  return header.is_array() || (header.is_boolean() && header.get<bool>());
}

json append_json(const std::optional<RowFormat>& rows) {
  if (!rows) return nullptr;
  json options = json::parse(rows->to_csv);
  const bool has_names = options.contains("header") && options["header"].is_array();
  if (!rows->header || !has_names) options["header"] = rows->header;
  return {{"format", "text"}, {"to_csv", options}};
}

}  // namespace

Result<RowFormat> row_format(const ParallelSpec& spec,
                             const std::optional<std::string>& settings_file) {
  json options = {{"sep", " "}, {"index", false}};
  RowFormat format;
  if (settings_file) {
    const json settings = json::parse(*settings_file, nullptr, false);
    if (settings.is_discarded() || !settings.is_object()) {
      return fail(ErrorKind::kInvalid, "parallel_run_step.settings.json is not a JSON object");
    }
    const auto append = settings.find("append_row");
    if (append != settings.end() && append->is_object() &&
        append->contains("pandas.DataFrame.to_csv")) {
      const json& given = (*append)["pandas.DataFrame.to_csv"];
      if (!given.is_object()) {
        return fail(ErrorKind::kInvalid,
                    "parallel_run_step.settings.json: append_row, pandas.DataFrame.to_csv must be "
                    "an object");
      }
      options.update(given);
    }
  }
  format.header = options.contains("header") && asks_for_header(options["header"]);
  if (spec.append_row_dataframe_header.is_explicit())
    format.header = spec.append_row_dataframe_header.value;
  format.to_csv = options.dump();
  return format;
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
      {"node_count", 1},
      {"code", prepared.working_folder},
      {"entry_script", spec.entry_script},
      {"arguments", arguments},
      {"logging_level", level_name(spec.logging_level.value)},
      {"output_dir", output_folder(facts, prepared)},
      {"input", data},
      {"count_check", rules.count_check},
      {"append", append_json(rows)},
  };
  return document.dump(1) + "\n";
}

}  // namespace batchmill::engine
