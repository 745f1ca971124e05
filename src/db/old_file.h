#pragma once

#include <string>

#include "db/schema.h"
#include "db/sqlite.h"

namespace batchmill::db {

// For tests: an empty file as the first version of the program left it.
inline Database file_of_version_1(const std::string& path, const SchemaKind& kind) {
  auto database = Database::open(path, {}).value();
  ensure_schema(database, {kind.name, kind.application_id, kind.migrations.first(1)},
                Access::kReadWrite)
      .value();
  return database;
}

}  // namespace batchmill::db
