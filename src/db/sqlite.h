#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

// SQLite with owners instead of handles and Results instead of codes. Every error message begins
// with the path of the database. One thread at a time per Database.
namespace batchmill::db {

// The kind of error a failed SQLite call stands for; kDiskFull and kUnavailable (busy) matter to
// callers. `system_errno` is what the operating system said, 0 when it said nothing.
ErrorKind error_kind_of(int sqlite_code, int system_errno);

// A prepared statement. Parameters count from 1, columns from 0, as in SQLite.
class Statement {
 public:
  Statement(sqlite3_stmt* statement, const std::string* path);

  void bind(int parameter, std::int64_t value);
  void bind(int parameter, std::string_view text);  // copied
  void bind_null(int parameter);

  // Moves to the next row; false at the end. After an error or the end the statement is reset.
  Result<bool> step();
  // For statements without rows: runs to the end and resets.
  Result<void> run();
  void reset();

  std::int64_t integer(int column) const;
  std::string text(int column) const;
  bool is_null(int column) const;
  int columns() const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  const std::string* path_;  // of the Database, which outlives its statements
};

enum class Access { kReadOnly, kReadWrite };
enum class DiskKind { kDetect, kLocal, kNetwork };

struct OpenOptions {
  Access access = Access::kReadWrite;  // kReadWrite creates the file when it is missing
  bool sole_writer = false;  // on network file systems: keep the file locked while it is open
  int busy_millis = 10'000;  // how long a call waits for a lock of another process
  DiskKind disk = DiskKind::kDetect;
  const char* vfs = nullptr;  // for tests
};

class Database {
 public:
  // Local disks: write-ahead log with a full sync per commit. Network file systems, whose shared
  // memory is no memory: rollback journal.
  static Result<Database> open(const std::string& path, const OpenOptions& options);

  Result<void> execute(const char* sql);  // one or more statements without parameters
  Result<Statement> prepare(std::string_view sql) const;
  Result<std::int64_t> query_integer(std::string_view sql) const;  // first column of the first row
  std::int64_t changes() const;  // rows that the last statement changed
  std::int64_t last_row() const;
  bool in_transaction() const;
  const std::string& path() const { return *path_; }
  // Moves what the write-ahead log holds into the database and empties it. A failure is harmless.
  void empty_log();

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  Database(std::unique_ptr<sqlite3, Close> handle, std::unique_ptr<std::string> path);
  Result<void> configure(const OpenOptions& options);
  tl::unexpected<Error> error(int code, std::string_view doing) const;

  std::unique_ptr<std::string> path_;  // statements point to it, so it must not move
  std::unique_ptr<sqlite3, Close> handle_;
};

// A write transaction: takes the write lock at once (BEGIN IMMEDIATE), so what is read inside is
// still true when it is written. Rolled back unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace batchmill::db
