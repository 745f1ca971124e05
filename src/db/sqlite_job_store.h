#pragma once

#include <memory>
#include <string>

#include "db/sqlite.h"
#include "ports/job_store.h"

namespace batchmill::db {

// job.db. Times: `started` is set by the first status Running, `ended` by a terminal one and
// cleared when the job goes on (resume).
class SqliteJobStore : public JobStore {
 public:
  static Result<std::unique_ptr<SqliteJobStore>> open(const std::string& path, bool read_only);

  Result<JobRecord> load() const override;                // kNotFound before create()
  Result<void> create(const JobRecord& record) override;  // kExists when there is a job already
  Result<void> set_status(JobStatus status, const std::string& reason, const std::string& error,
                          WallTime now) override;
  Result<void> put_step(const StepRecord& step) override;
  Result<std::uint32_t> begin_life() override;
  Result<bool> first_time(const std::string& key, const std::string& text) override;

 private:
  explicit SqliteJobStore(Database database) : database_(std::move(database)) {}
  Result<void> insert_job(const JobRecord& record);
  Result<void> write_step(const StepRecord& step);
  Result<void> load_labels(JobRecord& record) const;
  Result<void> load_steps(JobRecord& record) const;
  Result<void> load_outputs(StepRecord& step) const;
  Result<void> load_notices(JobRecord& record) const;

  mutable Database database_;
};

}  // namespace batchmill::db
