#pragma once

#include <string>

#include "base/result.h"
#include "model/table.h"

namespace batchmill::data {

// schema.json (docs/formats/schema.md).
std::string to_json(const TableSchema& schema);
// kProtocol for another version or anything malformed.
Result<TableSchema> table_schema_from_json(const std::string& text);

}  // namespace batchmill::data
