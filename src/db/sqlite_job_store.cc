#include "db/sqlite_job_store.h"

#include <fmt/format.h>

#include "db/job_schema.h"

namespace batchmill::db {

namespace {

Result<JobStatus> status_from(const std::string& text, const std::string& path) {
  const auto status = job_status_from(text);
  if (!status)
    return fail(ErrorKind::kProtocol, fmt::format("{}: unknown status '{}'", path, text));
  return *status;
}

Result<void> put_label(Statement& insert, std::string_view kind,
                       const std::map<std::string, std::string>& labels) {
  for (const auto& [key, value] : labels) {
    insert.bind(1, kind);
    insert.bind(2, key);
    insert.bind(3, value);
    BM_TRY(insert.run());
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<SqliteJobStore>> SqliteJobStore::open(const std::string& path,
                                                             bool read_only) {
  OpenOptions options;
  options.access = read_only ? Access::kReadOnly : Access::kReadWrite;
  BM_ASSIGN(Database database, Database::open(path, options));
  BM_TRY(ensure_schema(database, kJobSchema, options.access));
  return std::unique_ptr<SqliteJobStore>(new SqliteJobStore(std::move(database)));
}

// ---- writing ---------------------------------------------------------------------------------

Result<void> SqliteJobStore::create(const JobRecord& record) {
  BM_ASSIGN(Transaction transaction, Transaction::begin(database_));
  BM_ASSIGN(const std::int64_t jobs, database_.query_integer("SELECT count(*) FROM job"));
  if (jobs != 0) return fail(ErrorKind::kExists, database_.path() + ": holds a job already");
  BM_TRY(insert_job(record));
  BM_ASSIGN(Statement label, database_.prepare("INSERT INTO labels VALUES (?, ?, ?)"));
  BM_TRY(put_label(label, "tag", record.tags));
  BM_TRY(put_label(label, "property", record.properties));
  for (const StepRecord& step : record.steps) BM_TRY(write_step(step));
  BM_ASSIGN(Statement notice, database_.prepare("INSERT INTO notices (text) VALUES (?)"));
  for (const std::string& text : record.notices) {
    notice.bind(1, text);
    BM_TRY(notice.run());
  }
  return transaction.commit();
}

Result<void> SqliteJobStore::insert_job(const JobRecord& record) {
  BM_ASSIGN(Statement insert,
            database_.prepare("INSERT INTO job VALUES (1,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
  insert.bind(1, record.name);
  insert.bind(2, record.display_name);
  insert.bind(3, record.experiment_name);
  insert.bind(4, std::string_view(name_of(record.status)));
  insert.bind(5, record.reason);
  insert.bind(6, record.created.micros);
  insert.bind(7, record.started.micros);
  insert.bind(8, record.ended.micros);
  insert.bind(9, record.created_by);
  insert.bind(10, record.error);
  insert.bind(11, record.plan);
  insert.bind(12, record.source_text);
  insert.bind(13, record.source_path);
  insert.bind(14, std::int64_t{record.lives});
  return insert.run();
}

Result<void> SqliteJobStore::set_status(JobStatus status, const std::string& reason,
                                        const std::string& error, WallTime now) {
  BM_ASSIGN(Statement update,
            database_.prepare("UPDATE job SET status = ?1, reason = ?2, error = ?3,"
                              " started_us = iif(?4 AND started_us = 0, ?6, started_us),"
                              " ended_us = iif(?5, ?6, 0)"));
  update.bind(1, std::string_view(name_of(status)));
  update.bind(2, reason);
  update.bind(3, error);
  update.bind(4, std::int64_t{status == JobStatus::kRunning});
  update.bind(5, std::int64_t{is_terminal(status)});
  update.bind(6, now.micros);
  BM_TRY(update.run());
  if (database_.changes() == 0) return fail(ErrorKind::kNotFound, database_.path() + ": no job");
  return {};
}

Result<void> SqliteJobStore::put_step(const StepRecord& step) {
  BM_ASSIGN(Transaction transaction, Transaction::begin(database_));
  BM_TRY(write_step(step));
  return transaction.commit();
}

// An update keeps the row and with it the place of the step among the others.
Result<void> SqliteJobStore::write_step(const StepRecord& step) {
  BM_ASSIGN(Statement put,
            database_.prepare(
                "INSERT INTO steps (step, job_name, display_name, kind, status, reason, started_us,"
                " ended_us, error, settings, reused_from)"
                " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)"
                " ON CONFLICT (step) DO UPDATE SET job_name = ?2, display_name = ?3, kind = ?4,"
                " status = ?5, reason = ?6, started_us = ?7, ended_us = ?8, error = ?9,"
                " settings = ?10, reused_from = ?11"));
  put.bind(1, step.step);
  put.bind(2, step.job_name);
  put.bind(3, step.display_name);
  put.bind(4, step.kind);
  put.bind(5, std::string_view(name_of(step.status)));
  put.bind(6, step.reason);
  put.bind(7, step.started.micros);
  put.bind(8, step.ended.micros);
  put.bind(9, step.error);
  put.bind(10, step.settings);
  put.bind(11, step.reused_from);
  BM_TRY(put.run());
  BM_ASSIGN(Statement clear, database_.prepare("DELETE FROM step_outputs WHERE step = ?1"));
  clear.bind(1, step.step);
  BM_TRY(clear.run());
  BM_ASSIGN(Statement output, database_.prepare("INSERT INTO step_outputs VALUES (?1, ?2, ?3)"));
  for (const auto& [name, path] : step.outputs) {
    output.bind(1, step.step);
    output.bind(2, name);
    output.bind(3, path);
    BM_TRY(output.run());
  }
  return {};
}

Result<std::uint32_t> SqliteJobStore::begin_life() {
  BM_ASSIGN(Statement raise, database_.prepare("UPDATE job SET lives = lives + 1 RETURNING lives"));
  BM_ASSIGN(const bool row, raise.step());
  if (!row) return fail(ErrorKind::kNotFound, database_.path() + ": no job");
  const auto lives = static_cast<std::uint32_t>(raise.integer(0));
  BM_TRY(raise.run());  // the change is durable only when the statement has ended
  return lives;
}

Result<bool> SqliteJobStore::first_time(const std::string& key, const std::string& text) {
  BM_ASSIGN(Statement insert, database_.prepare("INSERT INTO notices (key, text) VALUES (?1, ?2)"
                                                " ON CONFLICT (key) DO NOTHING"));
  insert.bind(1, key);
  insert.bind(2, text);
  BM_TRY(insert.run());
  return database_.changes() == 1;
}

// ---- reading ---------------------------------------------------------------------------------

Result<JobRecord> SqliteJobStore::load() const {
  // One snapshot for all tables.
  BM_TRY(database_.execute("BEGIN"));
  struct End {
    Database& database;
    ~End() { static_cast<void>(database.execute("ROLLBACK")); }
  } end{database_};
  BM_ASSIGN(Statement select, database_.prepare("SELECT * FROM job"));
  BM_ASSIGN(const bool row, select.step());
  if (!row) return fail(ErrorKind::kNotFound, database_.path() + ": no job");
  JobRecord record;
  record.name = select.text(1);
  record.display_name = select.text(2);
  record.experiment_name = select.text(3);
  BM_ASSIGN(record.status, status_from(select.text(4), database_.path()));
  record.reason = select.text(5);
  record.created.micros = select.integer(6);
  record.started.micros = select.integer(7);
  record.ended.micros = select.integer(8);
  record.created_by = select.text(9);
  record.error = select.text(10);
  record.plan = select.text(11);
  record.source_text = select.text(12);
  record.source_path = select.text(13);
  record.lives = static_cast<std::uint32_t>(select.integer(14));
  BM_TRY(load_labels(record));
  BM_TRY(load_steps(record));
  BM_TRY(load_notices(record));
  return record;
}

Result<void> SqliteJobStore::load_labels(JobRecord& record) const {
  BM_ASSIGN(Statement select, database_.prepare("SELECT kind, key, value FROM labels"));
  for (;;) {
    BM_ASSIGN(const bool row, select.step());
    if (!row) return {};
    auto& labels = select.text(0) == "tag" ? record.tags : record.properties;
    labels[select.text(1)] = select.text(2);
  }
}

Result<void> SqliteJobStore::load_steps(JobRecord& record) const {
  BM_ASSIGN(Statement select, database_.prepare("SELECT * FROM steps ORDER BY position"));
  for (;;) {
    BM_ASSIGN(const bool row, select.step());
    if (!row) return {};
    StepRecord step;
    step.step = select.text(1);
    step.job_name = select.text(2);
    step.display_name = select.text(3);
    step.kind = select.text(4);
    BM_ASSIGN(step.status, status_from(select.text(5), database_.path()));
    step.reason = select.text(6);
    step.started.micros = select.integer(7);
    step.ended.micros = select.integer(8);
    step.error = select.text(9);
    step.settings = select.text(10);
    if (select.columns() > 11) step.reused_from = select.text(11);  // not in version 1
    BM_TRY(load_outputs(step));
    record.steps.push_back(std::move(step));
  }
}

Result<void> SqliteJobStore::load_outputs(StepRecord& step) const {
  BM_ASSIGN(Statement select,
            database_.prepare("SELECT output, path FROM step_outputs WHERE step = ?1"));
  select.bind(1, step.step);
  for (;;) {
    BM_ASSIGN(const bool row, select.step());
    if (!row) return {};
    step.outputs[select.text(0)] = select.text(1);
  }
}

Result<void> SqliteJobStore::load_notices(JobRecord& record) const {
  BM_ASSIGN(Statement select, database_.prepare("SELECT text FROM notices ORDER BY position"));
  for (;;) {
    BM_ASSIGN(const bool row, select.step());
    if (!row) return {};
    record.notices.push_back(select.text(0));
  }
}

}  // namespace batchmill::db
