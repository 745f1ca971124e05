#include "engine/row_format.h"

#include <nlohmann/json.hpp>

namespace batchmill::engine {

namespace {

using nlohmann::json;

constexpr const char* kSettingsFile = "parallel_run_step.settings.json";
constexpr const char* kToCsv = "pandas.DataFrame.to_csv";

tl::unexpected<Error> broken(const std::string& what) {
  return fail(ErrorKind::kInvalid, std::string(kSettingsFile) + what);
}

// The options of to_csv in the settings file; none: an empty object.
Result<json> options_of(const std::optional<std::string>& settings_file) {
  if (!settings_file) return json::object();
  const json settings = json::parse(*settings_file, nullptr, false);
  if (!settings.is_object()) return broken(" is not a JSON object");
  const auto append = settings.find("append_row");
  if (append == settings.end()) return json::object();
  if (!append->is_object()) return broken(": append_row must be an object");
  const auto options = append->find(kToCsv);
  if (options == append->end()) return json::object();
  if (!options->is_object()) {
    return broken(std::string(": append_row, ") + kToCsv + " must be an object");
  }
  return *options;
}

// A header may be a list of names to write instead of the frame's own.
bool asks_for_header(const json& header) {
  return header.is_array() || (header.is_boolean() && header.get<bool>());
}

bool header_wanted(const ParallelSpec& spec, const json& options) {
  const Setting<bool>& setting = spec.append_row_dataframe_header;
  if (setting.origin == SettingOrigin::kArgument) return setting.value;
  if (options.contains("header")) return asks_for_header(options["header"]);
  if (setting.is_explicit()) return setting.value;
  return spec.append_row_format.value == "csv";
}

}  // namespace

Result<RowFormat> row_format(const ParallelSpec& spec,
                             const std::optional<std::string>& settings_file) {
  BM_ASSIGN(const json given, options_of(settings_file));
  RowFormat format;
  format.format = spec.append_row_format.value;
  format.provenance = spec.append_row_provenance.value;
  format.output_field_only = spec.pf_output_only.value;
  format.header = format.format != "jsonl" && header_wanted(spec, given);
  json options = {{"sep", format.format == "csv" ? "," : " "}, {"index", false}};
  options.update(given);
  const bool has_names = options.contains("header") && options["header"].is_array();
  if (!format.header || !has_names) options["header"] = format.header;
  format.to_csv = options.dump();
  return format;
}

}  // namespace batchmill::engine
