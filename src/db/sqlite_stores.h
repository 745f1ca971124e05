#pragma once

#include <memory>
#include <string>

#include "ports/job_store.h"

namespace batchmill::db {

// job.db and batchmill.db as SQLite files (docs/formats/job-db.md). A store belongs to one thread
// at a time; any number of processes may have the same file open.
class SqliteStores : public Stores {
 public:
  Result<std::unique_ptr<JobStore>> open_job(const std::string& db_path, bool read_only) override;
  // A damaged index is reported with kProtocol: it may be deleted and filled anew from the job
  // folders.
  Result<std::unique_ptr<JobIndex>> open_index(const std::string& db_path) override;
};

}  // namespace batchmill::db
