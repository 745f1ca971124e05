#include "data/schema_json.h"

#include <optional>

#include <nlohmann/json.hpp>

namespace batchmill::data {

namespace {

constexpr int kVersion = 1;

std::optional<ColumnType> column_type_from(const std::string& text) {
  for (const ColumnType type : {ColumnType::kInt, ColumnType::kFloat, ColumnType::kBool,
                                ColumnType::kDatetime, ColumnType::kString}) {
    if (text == name_of(type)) return type;
  }
  return std::nullopt;
}

}  // namespace

std::string schema_to_json(const TableSchema& schema) {
  nlohmann::ordered_json columns = nlohmann::ordered_json::array();
  for (const Column& column : schema.columns) {
    nlohmann::ordered_json json = {{"name", column.name}, {"type", name_of(column.type)}};
    if (column.type == ColumnType::kDatetime) json["format"] = column.datetime_format;
    columns.push_back(std::move(json));
  }
  const nlohmann::ordered_json json = {{"version", kVersion},
                                       {"delimiter", std::string(1, schema.delimiter)},
                                       {"empty_as_string", schema.empty_as_string},
                                       {"columns", std::move(columns)}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<TableSchema> schema_from_json(const std::string& text) {
  try {
    const auto json = nlohmann::json::parse(text);
    if (json.at("version") != kVersion) {
      return fail(ErrorKind::kProtocol, "schema of version " + json.at("version").dump() +
                                            ", expected " + std::to_string(kVersion));
    }
    TableSchema schema;
    const std::string delimiter = json.at("delimiter");
    if (delimiter.size() != 1) {
      return fail(ErrorKind::kProtocol, "schema with delimiter '" + delimiter + "'");
    }
    schema.delimiter = delimiter.front();
    schema.empty_as_string = json.at("empty_as_string");
    for (const auto& entry : json.at("columns")) {
      const std::string name = entry.at("type");
      const auto type = column_type_from(name);
      if (!type) return fail(ErrorKind::kProtocol, "schema with column type '" + name + "'");
      schema.columns.push_back({entry.at("name"), *type, entry.value("format", "")});
    }
    return schema;
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorKind::kProtocol, std::string("malformed schema: ") + error.what());
  }
}

}  // namespace batchmill::data
