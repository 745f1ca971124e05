#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace batchmill::cli {

enum class OutputFormat { kJson, kJsonc, kYaml, kYamlc, kTable, kTsv, kNone };

// Without regard to case; nothing for another word.
std::optional<OutputFormat> output_format_from(std::string_view text);

struct FormatOptions {
  OutputFormat format = OutputFormat::kJson;
  bool order_is_given = false;  // --query chose keys and their order; else they are sorted
  bool colour = false;          // for jsonc and yamlc
};

// The text of a result for standard output (cli.md 1.3). A null result is "". Pure.
std::string format_result(const nlohmann::ordered_json& value, const FormatOptions& options);

std::string format_json(const nlohmann::ordered_json& value);
std::string format_yaml(const nlohmann::ordered_json& value);
std::string format_table(const nlohmann::ordered_json& value);
std::string format_tsv(const nlohmann::ordered_json& value);

// Colours for a terminal: keys, texts and the other scalars of a JSON or YAML text.
std::string coloured_json(std::string_view json);
std::string coloured_yaml(std::string_view yaml);

// How Python's str() prints a scalar, which is what tables and rows of tsv show.
std::string python_text_of(const nlohmann::ordered_json& scalar);

}  // namespace batchmill::cli
