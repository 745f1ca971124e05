#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/sqlite.h"
#include "ports/job_store.h"

namespace batchmill::db {

// batchmill.db: what `job list` shows. Every write is one short transaction; jobs of equal age are
// listed in the order in which they were added, newest first.
class SqliteJobIndex : public JobIndex {
 public:
  static Result<std::unique_ptr<SqliteJobIndex>> open(const std::string& path);

  Result<void> add(const JobSummary& job) override;
  Result<void> set_status(const std::string& name, JobStatus status) override;  // kNotFound
  Result<void> set_archived(const std::string& name, bool archived) override;   // kNotFound
  Result<std::optional<JobSummary>> find(const std::string& name) const override;
  Result<std::vector<JobSummary>> list(std::size_t limit, bool archived_too,
                                       bool archived_only) const override;

 private:
  explicit SqliteJobIndex(Database database) : database_(std::move(database)) {}
  Result<void> update(std::string_view sql, std::string_view value, const std::string& name);

  mutable Database database_;
};

}  // namespace batchmill::db
