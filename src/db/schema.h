#pragma once

#include <span>

#include "base/result.h"
#include "db/sqlite.h"

namespace batchmill::db {

// The kinds of database, told apart by SQLite's application_id, so that a wrong path is noticed.
struct SchemaKind {
  const char* name;  // "ledger"
  int application_id;
  // Element i brings version i to i + 1. Only ever appended to: files of every version exist.
  std::span<const char* const> migrations;
  // Readers take files from this version on as they are; 0: only of the current version.
  int readable_from = 0;
  int current_version() const { return static_cast<int>(migrations.size()); }
};

// Brings the file to the current version in one transaction (forward only) and returns the version
// it has then: with kReadOnly perhaps an older one, from `readable_from` on. A file of a newer
// program is refused by name with kUnavailable, and so is one that is too old to be only read;
// a file of another kind with kProtocol.
Result<int> ensure_schema(Database& database, const SchemaKind& kind, Access access);

}  // namespace batchmill::db
