#include "db/sqlite.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sqlite3.h>

#include "db/network_file_system.h"

namespace batchmill::db {

namespace {

// What the last failed call on `handle` was about, as an Error.
tl::unexpected<Error> error_of(sqlite3* handle, const std::string& path, int code,
                               std::string_view doing) {
  const int system = handle == nullptr ? 0 : sqlite3_system_errno(handle);
  const char* why = handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle);
  std::string message = doing.empty() ? fmt::format("{}: {}", path, why)
                                      : fmt::format("{}: cannot {}: {}", path, doing, why);
  const int primary = code & 0xff;
  if (system != 0 && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN)) {
    message += fmt::format(" ({})", std::strerror(system));
  }
  return fail(error_kind_of(code, system), std::move(message));
}

}  // namespace

ErrorKind error_kind_of(int sqlite_code, int system_errno) {
  const int primary = sqlite_code & 0xff;
  const bool about_files = primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN;
  if (primary == SQLITE_FULL ||
      (about_files && (system_errno == ENOSPC || system_errno == EDQUOT))) {
    return ErrorKind::kDiskFull;
  }
  switch (primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return ErrorKind::kUnavailable;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return ErrorKind::kPermission;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return ErrorKind::kProtocol;
    case SQLITE_CONSTRAINT:
      return ErrorKind::kExists;
    case SQLITE_CANTOPEN:
      if (system_errno == EACCES || system_errno == EPERM || system_errno == EROFS) {
        return ErrorKind::kPermission;
      }
      return system_errno == ENOENT ? ErrorKind::kNotFound : ErrorKind::kIo;
    default:
      return ErrorKind::kIo;
  }
}

// ---- Statement -------------------------------------------------------------------------------

Statement::Statement(sqlite3_stmt* statement, const std::string* path)
    : statement_(statement), path_(path) {}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::bind(int parameter, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), parameter, value);
}

void Statement::bind(int parameter, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), parameter, text.data() == nullptr ? "" : text.data(),
                      text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Statement::bind_null(int parameter) { sqlite3_bind_null(statement_.get(), parameter); }

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  auto error = error_of(sqlite3_db_handle(statement_.get()), *path_, code, "");
  sqlite3_reset(statement_.get());
  return error;
}

Result<void> Statement::run() {
  for (;;) {
    BM_ASSIGN(const bool row, step());
    if (!row) return {};
  }
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
}

int Statement::columns() const { return sqlite3_column_count(statement_.get()); }

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

// ---- Database --------------------------------------------------------------------------------

Database::Database(std::unique_ptr<sqlite3, Close> handle, std::unique_ptr<std::string> path)
    : path_(std::move(path)), handle_(std::move(handle)) {}

// close_v2: statements that outlive the Database by the order of members keep it alive.
void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Result<Database> Database::open(const std::string& path, const OpenOptions& options) {
  const int flags =
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
      (options.access == Access::kReadOnly ? SQLITE_OPEN_READONLY
                                           : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, options.vfs);
  Database database(std::unique_ptr<sqlite3, Close>(raw), std::make_unique<std::string>(path));
  if (code != SQLITE_OK) return database.error(code, "open");
  BM_TRY(database.configure(options));
  return database;
}

Result<void> Database::configure(const OpenOptions& options) {
  sqlite3_busy_timeout(handle_.get(), options.busy_millis);
  BM_TRY(execute("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"));
  if (options.access == Access::kReadOnly) return {};
  // EXTRA is FULL, and the folder is synced after a journal was deleted: without that the journal
  // of the change to WAL can come back after a power loss and undo the whole file.
  BM_TRY(execute("PRAGMA synchronous = EXTRA;"));
  const bool is_network = options.disk == DiskKind::kDetect ? is_on_network_file_system(path())
                                                            : options.disk == DiskKind::kNetwork;
  if (!is_network) {
    return execute("PRAGMA journal_mode = WAL;");
  }
  if (options.sole_writer) BM_TRY(execute("PRAGMA locking_mode = EXCLUSIVE;"));
  return execute("PRAGMA journal_mode = TRUNCATE;");
}

Result<void> Database::execute(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code, "");
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return error(code, "");
  return Statement(raw, path_.get());
}

Result<std::int64_t> Database::query_integer(std::string_view sql) const {
  BM_ASSIGN(Statement statement, prepare(sql));
  BM_ASSIGN(const bool row, statement.step());
  if (!row) return fail(ErrorKind::kProtocol, path() + ": a row is missing");
  return statement.integer(0);
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_.get()); }
std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(handle_.get()); }
bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

void Database::empty_log() {
  sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

tl::unexpected<Error> Database::error(int code, std::string_view doing) const {
  return error_of(handle_.get(), path(), code, doing);
}

// ---- Transaction -----------------------------------------------------------------------------

Result<Transaction> Transaction::begin(Database& database) {
  BM_TRY(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // SQLite has already rolled back after some errors (disk full); a second time would be an error.
  if (database_ != nullptr && database_->in_transaction()) {
    static_cast<void>(database_->execute("ROLLBACK"));
  }
}

Result<void> Transaction::commit() {
  BM_TRY(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace batchmill::db
