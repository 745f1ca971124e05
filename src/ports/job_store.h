#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/job.h"

namespace batchmill {

// job.db of one job. Written by submission once and by the leader afterwards; read by anyone.
// Every write is durable when the call returns.
class JobStore {
 public:
  virtual ~JobStore() = default;
  virtual Result<JobRecord> load() const = 0;
  virtual Result<void> create(const JobRecord& record) = 0;
  virtual Result<void> set_status(JobStatus status, const std::string& reason,
                                  const std::string& error, WallTime now) = 0;
  virtual Result<void> put_step(const StepRecord& step) = 0;  // insert or replace by step
  virtual Result<std::uint32_t> begin_life() = 0;  // counts leaders; returns the new count
  // True once per job and key: a notice is shown once per job and subject.
  virtual Result<bool> first_time(const std::string& key, const std::string& text) = 0;
};

// batchmill.db: an index of jobs that can be rebuilt from the job folders.
class JobIndex {
 public:
  virtual ~JobIndex() = default;
  virtual Result<void> add(const JobSummary& job) = 0;  // kExists when the name is taken
  virtual Result<void> set_status(const std::string& name, JobStatus status) = 0;
  virtual Result<void> set_archived(const std::string& name, bool archived) = 0;
  virtual Result<std::optional<JobSummary>> find(const std::string& name) const = 0;
  // Newest first; limit 0: all.
  virtual Result<std::vector<JobSummary>> list(std::size_t limit, bool archived_too,
                                               bool archived_only) const = 0;
};

// Opens databases by path; given to use cases and the engine by apps/.
class Stores {
 public:
  virtual ~Stores() = default;
  virtual Result<std::unique_ptr<JobStore>> open_job(const std::string& db_path,
                                                     bool read_only) = 0;
  virtual Result<std::unique_ptr<JobIndex>> open_index(const std::string& db_path) = 0;
};

}  // namespace batchmill
