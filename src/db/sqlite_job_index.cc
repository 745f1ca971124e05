#include "db/sqlite_job_index.h"

#include <fmt/format.h>

#include "db/job_schema.h"

namespace batchmill::db {

namespace {

constexpr std::string_view kColumns =
    "name, display_name, experiment_name, kind, status, created_us, compute, archived";

JobSummary read(const Statement& row) {
  JobSummary job;
  job.name = row.text(0);
  job.display_name = row.text(1);
  job.experiment_name = row.text(2);
  job.kind = row.text(3);
  // A status this program does not know is one it cannot act on either.
  job.status = job_status_from(row.text(4)).value_or(JobStatus::kNotResponding);
  job.created.micros = row.integer(5);
  job.compute = row.text(6);
  job.archived = row.integer(7) != 0;
  return job;
}

}  // namespace

Result<std::unique_ptr<SqliteJobIndex>> SqliteJobIndex::open(const std::string& path) {
  BM_ASSIGN(Database database, Database::open(path, {}));
  BM_TRY(ensure_schema(database, kIndexSchema, Access::kReadWrite));
  return std::unique_ptr<SqliteJobIndex>(new SqliteJobIndex(std::move(database)));
}

Result<void> SqliteJobIndex::add(const JobSummary& job) {
  BM_ASSIGN(Statement insert,
            database_.prepare(fmt::format("INSERT INTO jobs ({}) VALUES (?,?,?,?,?,?,?,?)"
                                          " ON CONFLICT (name) DO NOTHING",
                                          kColumns)));
  insert.bind(1, job.name);
  insert.bind(2, job.display_name);
  insert.bind(3, job.experiment_name);
  insert.bind(4, job.kind);
  insert.bind(5, std::string_view(name_of(job.status)));
  insert.bind(6, job.created.micros);
  insert.bind(7, job.compute);
  insert.bind(8, std::int64_t{job.archived});
  BM_TRY(insert.run());
  if (database_.changes() == 0) {
    return fail(ErrorKind::kExists, fmt::format("a job named '{}' exists already", job.name));
  }
  return {};
}

Result<void> SqliteJobIndex::update(std::string_view sql, std::string_view value,
                                    const std::string& name) {
  BM_ASSIGN(Statement update, database_.prepare(sql));
  update.bind(1, value);
  update.bind(2, name);
  BM_TRY(update.run());
  if (database_.changes() == 0) {
    return fail(ErrorKind::kNotFound, fmt::format("no job named '{}'", name));
  }
  return {};
}

Result<void> SqliteJobIndex::set_status(const std::string& name, JobStatus status) {
  return update("UPDATE jobs SET status = ?1 WHERE name = ?2", name_of(status), name);
}

Result<void> SqliteJobIndex::set_archived(const std::string& name, bool archived) {
  return update("UPDATE jobs SET archived = ?1 WHERE name = ?2", archived ? "1" : "0", name);
}

Result<std::optional<JobSummary>> SqliteJobIndex::find(const std::string& name) const {
  BM_ASSIGN(Statement select,
            database_.prepare(fmt::format("SELECT {} FROM jobs WHERE name = ?1", kColumns)));
  select.bind(1, name);
  BM_ASSIGN(const bool row, select.step());
  if (!row) return std::optional<JobSummary>();
  return std::optional<JobSummary>(read(select));
}

Result<std::vector<JobSummary>> SqliteJobIndex::list(std::size_t limit, bool archived_too,
                                                     bool archived_only) const {
  BM_ASSIGN(Statement select, database_.prepare(fmt::format(
                                  "SELECT {} FROM jobs WHERE archived >= ?1 AND archived <= ?2"
                                  " ORDER BY created_us DESC, position DESC LIMIT ?3",
                                  kColumns)));
  select.bind(1, std::int64_t{archived_only});
  select.bind(2, std::int64_t{archived_only || archived_too});
  select.bind(3, limit == 0 ? std::int64_t{-1} : static_cast<std::int64_t>(limit));
  std::vector<JobSummary> jobs;
  for (;;) {
    BM_ASSIGN(const bool row, select.step());
    if (!row) return jobs;
    jobs.push_back(read(select));
  }
}

}  // namespace batchmill::db
