#include "cli/formats.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/yaml/scalar.h"

namespace batchmill::cli {

using Json = nlohmann::ordered_json;

namespace {

// By way of the map-based type, which keeps keys in order of their bytes.
Json with_sorted_keys(const Json& value) { return Json(nlohmann::json(value)); }

}  // namespace

std::optional<OutputFormat> output_format_from(std::string_view text) {
  const std::string word = to_lower(text);
  if (word == "json") return OutputFormat::kJson;
  if (word == "jsonc") return OutputFormat::kJsonc;
  if (word == "yaml") return OutputFormat::kYaml;
  if (word == "yamlc") return OutputFormat::kYamlc;
  if (word == "table") return OutputFormat::kTable;
  if (word == "tsv") return OutputFormat::kTsv;
  if (word == "none") return OutputFormat::kNone;
  return std::nullopt;
}

std::string python_text_of(const Json& scalar) {
  if (scalar.is_null()) return "None";
  if (scalar.is_boolean()) return scalar.get<bool>() ? "True" : "False";
  if (scalar.is_string()) return scalar.get<std::string>();
  if (scalar.is_number_float()) return yaml::python_float(scalar.get<double>());
  return scalar.dump();
}

std::string format_json(const Json& value) {
  return with_sorted_keys(value).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string format_tsv(const Json& value) {
  const auto cell = [](const Json& item) {
    if (item.is_array()) return std::to_string(item.size());
    return item.is_object() ? std::string() : python_text_of(item);
  };
  const auto line = [&](const Json& row) {
    if (row.is_boolean()) return std::string(row.get<bool>() ? "true" : "false");
    if (!row.is_structured()) return cell(row);
    std::vector<std::string> cells;
    for (const auto& [key, item] : row.items()) cells.push_back(cell(item));
    return join(cells, "\t");
  };
  if (!value.is_array()) return line(value) + "\n";
  std::string out;
  for (const Json& row : value) out += line(row) + "\n";
  return out;
}

std::string format_result(const Json& value, const FormatOptions& options) {
  if (value.is_null()) return "";
  const bool keep_order = options.order_is_given;
  switch (options.format) {
    case OutputFormat::kJson:
      return format_json(value);
    case OutputFormat::kJsonc:
      return options.colour ? coloured_json(format_json(value)) : format_json(value);
    case OutputFormat::kYaml:
      return format_yaml(with_sorted_keys(value));
    case OutputFormat::kYamlc: {
      const std::string text = format_yaml(with_sorted_keys(value));
      return options.colour ? coloured_yaml(text) : text;
    }
    case OutputFormat::kTable:
      return format_table(keep_order ? value : with_sorted_keys(value));
    case OutputFormat::kTsv:
      return format_tsv(keep_order ? value : with_sorted_keys(value));
    case OutputFormat::kNone:
      return "";
  }
  return "";
}

}  // namespace batchmill::cli
