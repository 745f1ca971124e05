#pragma once

#include <memory>
#include <string>

#include "db/sqlite.h"
#include "ports/ledgers.h"

namespace batchmill::db {

// Ledgers in SQLite files (docs/formats/ledger.md). A ledger belongs to one thread at a time.
//
// After a commit that failed, every further one fails with the same error until the ledger is
// opened again. It then holds all groups that were reported as committed, and the failed one not at
// all or, if the disk went on failing, perhaps whole: its rows were durable before it was tried, so
// that is only work saved.
class SqliteLedgers : public Ledgers {
 public:
  SqliteLedgers() = default;
  // For tests: a disk of the given kind, reached through a registered SQLite VFS.
  SqliteLedgers(DiskKind disk, const char* vfs) : disk_(disk), vfs_(vfs) {}
  Result<std::unique_ptr<Ledger>> open(const std::string& path, bool read_only) override;

 private:
  DiskKind disk_ = DiskKind::kDetect;
  const char* vfs_ = nullptr;
};

}  // namespace batchmill::db
