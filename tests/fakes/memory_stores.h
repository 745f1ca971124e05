#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fakes/memory_files.h"
#include "ports/job_store.h"

namespace batchmill::fakes {

// Jobs and the index in memory. An empty file stands at the path of each job.db, as it would.
class MemoryStores final : public Stores {
 public:
  explicit MemoryStores(MemoryFiles& files) : files_(files) {}

  Result<std::unique_ptr<JobStore>> open_job(const std::string& path, bool) override {
    return std::make_unique<Job>(*this, path);
  }
  Result<std::unique_ptr<JobIndex>> open_index(const std::string&) override {
    return std::make_unique<Index>(*this);
  }

  std::map<std::string, JobRecord> jobs;  // by path of job.db
  std::vector<JobSummary> index;          // oldest first
  void put(const std::string& path, JobRecord record) {
    jobs[path] = std::move(record);
    files_.put(path, "");
  }

 private:
  class Job final : public JobStore {
   public:
    Job(MemoryStores& all, std::string path) : all_(all), path_(std::move(path)) {}
    Result<JobRecord> load() const override {
      const auto found = all_.jobs.find(path_);
      if (found == all_.jobs.end()) return fail(ErrorKind::kNotFound, path_);
      return found->second;
    }
    Result<void> create(const JobRecord& record) override {
      all_.put(path_, record);
      return {};
    }
    Result<void> set_status(JobStatus status, const std::string& reason, const std::string& error,
                            WallTime) override {
      JobRecord& record = all_.jobs[path_];
      record.status = status;
      record.reason = reason;
      record.error = error;
      return {};
    }
    Result<void> put_step(const StepRecord& step) override {
      for (StepRecord& known : all_.jobs[path_].steps) {
        if (known.step == step.step) known = step;
      }
      return {};
    }
    Result<std::uint32_t> begin_life() override { return ++all_.jobs[path_].lives; }
    Result<bool> first_time(const std::string&, const std::string&) override { return true; }

   private:
    MemoryStores& all_;
    std::string path_;
  };

  class Index final : public JobIndex {
   public:
    explicit Index(MemoryStores& all) : all_(all) {}
    Result<void> add(const JobSummary& job) override {
      BM_ASSIGN(const auto known, find(job.name));
      if (known) return fail(ErrorKind::kExists, job.name);
      all_.index.push_back(job);
      return {};
    }
    Result<void> set_status(const std::string& name, JobStatus status) override {
      for (JobSummary& job : all_.index) {
        if (job.name == name) job.status = status;
      }
      return {};
    }
    Result<void> set_archived(const std::string& name, bool archived) override {
      for (JobSummary& job : all_.index) {
        if (job.name == name) job.archived = archived;
      }
      return {};
    }
    Result<std::optional<JobSummary>> find(const std::string& name) const override {
      for (const JobSummary& job : all_.index) {
        if (job.name == name) return job;
      }
      return std::optional<JobSummary>();
    }
    Result<std::vector<JobSummary>> list(std::size_t limit, bool archived_too,
                                         bool archived_only) const override {
      std::vector<JobSummary> found;
      for (auto job = all_.index.rbegin(); job != all_.index.rend(); ++job) {
        if (archived_only ? !job->archived : job->archived && !archived_too) continue;
        if (limit == 0 || found.size() < limit) found.push_back(*job);
      }
      return found;
    }

   private:
    MemoryStores& all_;
  };

  MemoryFiles& files_;
};

}  // namespace batchmill::fakes
