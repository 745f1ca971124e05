#pragma once

#include <string>

#include "base/result.h"
#include "model/table.h"

namespace batchmill::data {

// schema.json (docs/formats/schema.md).
std::string schema_to_json(const TableSchema& schema);
// kProtocol for another version or anything malformed.
Result<TableSchema> schema_from_json(const std::string& text);

}  // namespace batchmill::data
