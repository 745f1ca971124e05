#pragma once

#include <cstdint>
#include <string>
#include <vector>

// A delimited table as an MLTable file describes it, with its columns typed once for the whole
// input (mltable-and-data.md 2.4 and 2.6). Stored with the step as schema.json.
namespace batchmill {

enum class HeaderRule {
  kNoHeader,
  kFromFirstFile,
  kAllFilesDifferentHeaders,
  kAllFilesSameHeaders
};
enum class ColumnType { kInt, kFloat, kBool, kDatetime, kString };

const char* name_of(ColumnType type);  // "int", "float", "bool", "datetime", "string"
const char* name_of(HeaderRule rule);  // "no_header", ...

struct Column {
  std::string name;
  ColumnType type = ColumnType::kString;
  std::string datetime_format;  // for kDatetime: "iso" or "m/d/Y", "d/m/Y", ...
};

struct TableSchema {
  std::vector<Column> columns;
  char delimiter = ',';
  bool empty_as_string = false;
};

}  // namespace batchmill
