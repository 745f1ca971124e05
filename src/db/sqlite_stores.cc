#include "db/sqlite_stores.h"

#include "db/sqlite_job_index.h"
#include "db/sqlite_job_store.h"

namespace batchmill::db {

Result<std::unique_ptr<JobStore>> SqliteStores::open_job(const std::string& db_path,
                                                         bool read_only) {
  BM_ASSIGN(auto store, SqliteJobStore::open(db_path, read_only));
  return std::unique_ptr<JobStore>(std::move(store));
}

Result<std::unique_ptr<JobIndex>> SqliteStores::open_index(const std::string& db_path) {
  BM_ASSIGN(auto index, SqliteJobIndex::open(db_path));
  return std::unique_ptr<JobIndex>(std::move(index));
}

}  // namespace batchmill::db
