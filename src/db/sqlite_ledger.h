#pragma once

#include <memory>
#include <string>

#include "ports/ledgers.h"

namespace batchmill::db {

// Ledgers in SQLite files (docs/formats/ledger.md). A ledger belongs to one thread at a time.
//
// A commit that failed is gone for this life of the leader. If the machine dies right after the
// failure it may come back whole, never in part: its rows were durable before it was tried, so
// that is only work saved.
class SqliteLedgers : public Ledgers {
 public:
  // `vfs`: name of a registered SQLite VFS, for tests that let the disk fail.
  explicit SqliteLedgers(const char* vfs = nullptr) : vfs_(vfs) {}
  Result<std::unique_ptr<Ledger>> open(const std::string& path, bool read_only) override;

 private:
  const char* vfs_;
};

}  // namespace batchmill::db
