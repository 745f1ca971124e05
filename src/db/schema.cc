#include "db/schema.h"

#include <fmt/format.h>

namespace batchmill::db {

namespace {

struct Stamp {
  int application_id = 0;
  int version = 0;
};

Result<Stamp> read_stamp(const Database& database) {
  BM_ASSIGN(const std::int64_t id, database.query_integer("PRAGMA application_id"));
  BM_ASSIGN(const std::int64_t version, database.query_integer("PRAGMA user_version"));
  return Stamp{static_cast<int>(id), static_cast<int>(version)};
}

Result<void> check(const Database& database, const SchemaKind& kind, const Stamp& stamp) {
  const bool is_new = stamp.version == 0 && stamp.application_id == 0;
  if (!is_new && stamp.application_id != kind.application_id) {
    return fail(ErrorKind::kProtocol,
                fmt::format("{}: this is no {} of Batchmill", database.path(), kind.name));
  }
  if (stamp.version > kind.current_version()) {
    return fail(ErrorKind::kUnavailable,
                fmt::format("{}: written by a newer Batchmill ({} version {}, this program knows "
                            "up to {}); use that one, nothing was changed",
                            database.path(), kind.name, stamp.version, kind.current_version()));
  }
  return {};
}

}  // namespace

Result<int> ensure_schema(Database& database, const SchemaKind& kind, Access access) {
  BM_ASSIGN(Stamp stamp, read_stamp(database));
  BM_TRY(check(database, kind, stamp));
  if (stamp.version == kind.current_version()) return stamp.version;
  if (access == Access::kReadOnly) {
    if (kind.readable_from > 0 && stamp.version >= kind.readable_from) return stamp.version;
    return fail(ErrorKind::kUnavailable,
                fmt::format("{}: {} version {} is not yet brought to version {}", database.path(),
                            kind.name, stamp.version, kind.current_version()));
  }
  BM_ASSIGN(Transaction transaction, Transaction::begin(database));
  // Another process may have migrated the file while this one waited for the lock.
  BM_ASSIGN(stamp, read_stamp(database));
  BM_TRY(check(database, kind, stamp));
  for (int version = stamp.version; version < kind.current_version(); ++version) {
    BM_TRY(database.execute(kind.migrations[static_cast<std::size_t>(version)]));
  }
  const std::string stamps = fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};",
                                         kind.application_id, kind.current_version());
  BM_TRY(database.execute(stamps.c_str()));
  BM_TRY(transaction.commit());
  return kind.current_version();
}

}  // namespace batchmill::db
