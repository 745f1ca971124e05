#include "db/sqlite_ledger.h"

#include <optional>

#include "db/attempt_columns.h"
#include "db/error_text.h"
#include "db/error_texts.h"
#include "db/ledger_schema.h"
#include "db/sqlite.h"

namespace batchmill::db {

namespace {

class SqliteLedger : public Ledger {
 public:
  SqliteLedger(Database database, int version)
      : database_(std::move(database)), version_(version) {}

  Result<void> prepare(bool read_only) {
    BM_TRY(read_mark());
    if (read_only) return {};
    BM_ASSIGN(insert_, database_.prepare(kInsertAttempt));
    BM_ASSIGN(set_mark_,
              database_.prepare("UPDATE step SET lease_high_water = ?1, origin_us = ?2"));
    BM_ASSIGN(begin_, database_.prepare("BEGIN IMMEDIATE"));
    BM_ASSIGN(commit_, database_.prepare("COMMIT"));
    BM_ASSIGN(errors_, ErrorTexts::open(database_));
    return {};
  }

  Result<void> commit(const CommitGroup& group) override {
    if (!begin_)
      return fail(ErrorKind::kPermission, database_.path() + ": opened for reading only");
    if (broken_) return tl::unexpected<Error>(*broken_);
    BM_TRY(begin_->run());
    auto written = write(group);
    if (!written) give_up(written.error());
    return written;
  }

  Result<void> import(const Ledger& from,
                      const std::function<bool(AttemptRecord&)>& keep) override {
    if (!begin_)
      return fail(ErrorKind::kPermission, database_.path() + ": opened for reading only");
    if (broken_) return tl::unexpected<Error>(*broken_);
    BM_ASSIGN(const std::vector<std::string> hashes, from.codes());
    BM_TRY(begin_->run());
    auto taken = take_over(from, hashes, keep);
    if (!taken) give_up(taken.error());
    return taken;
  }

  Result<void> use_code(const std::string& hash) override {
    BM_ASSIGN(code_, code_id(hash));
    return {};
  }

  Result<std::vector<std::string>> codes() const override {
    std::vector<std::string> hashes;
    if (version_ < 2) return std::vector<std::string>{""};
    BM_ASSIGN(Statement select, database_.prepare("SELECT hash FROM codes ORDER BY id"));
    for (;;) {
      BM_ASSIGN(const bool row, select.step());
      if (!row) return hashes;
      hashes.push_back(select.text(0));
    }
  }

  Result<void> mark_plan(const PlanMark& mark) override {
    BM_ASSIGN(Statement update,
              database_.prepare("UPDATE step SET plan_records = ?1, plan_mini_batches = ?2,"
                                " plan_hash = ?3, plan_complete = ?4"));
    update.bind(1, static_cast<std::int64_t>(mark.records));
    update.bind(2, static_cast<std::int64_t>(mark.mini_batches));
    update.bind(3, static_cast<std::int64_t>(mark.hash));
    update.bind(4, std::int64_t{mark.complete});
    return update.run();
  }

  Result<PlanMark> plan_mark() const override {
    BM_ASSIGN(Statement select,
              database_.prepare("SELECT plan_records, plan_mini_batches, plan_hash,"
                                " plan_complete FROM step"));
    BM_TRY(select.step());
    PlanMark mark;
    mark.records = static_cast<std::uint64_t>(select.integer(0));
    mark.mini_batches = static_cast<std::uint64_t>(select.integer(1));
    mark.hash = static_cast<std::uint64_t>(select.integer(2));
    mark.complete = select.integer(3) != 0;
    return mark;
  }

  Result<MiniBatchId> lease_high_water() const override {
    BM_ASSIGN(const std::int64_t value,
              database_.query_integer("SELECT lease_high_water FROM step"));
    return MiniBatchId{static_cast<std::uint64_t>(value)};
  }

  Result<void> for_each_attempt(
      bool with_errors, const std::function<bool(const AttemptRecord&)>& visit) const override {
    // The origin is read here, not at opening: a reader may be older than the first commit.
    BM_ASSIGN(const std::int64_t origin, database_.query_integer("SELECT origin_us FROM step"));
    BM_ASSIGN(Statement attempts,
              database_.prepare(version_ < 2 ? kSelectAttemptsOfVersion1 : kSelectAttempts));
    std::optional<Statement> error;
    if (with_errors) {
      BM_ASSIGN(error, database_.prepare("SELECT t.text, e.own FROM attempt_errors AS e"
                                         " JOIN error_texts AS t ON t.id = e.text"
                                         " WHERE e.seq = ?1"));
    }
    AttemptRecord record;
    for (;;) {
      BM_ASSIGN(const bool row, attempts.step());
      if (!row) return {};
      read_attempt(attempts, WallTime{origin}, record);
      if (with_errors) {
        BM_ASSIGN(record.outcome.error, error_of(record, attempts.integer(kSeqColumn), *error));
      }
      if (!visit(record)) return {};
    }
  }

  Result<void> put_fact(const std::string& key, const std::string& value) override {
    BM_ASSIGN(Statement put, database_.prepare("INSERT INTO facts VALUES (?1, ?2)"
                                               " ON CONFLICT DO UPDATE SET value = ?2"));
    put.bind(1, key);
    put.bind(2, value);
    return put.run();
  }

  Result<std::string> fact(const std::string& key) const override {
    BM_ASSIGN(Statement get, database_.prepare("SELECT value FROM facts WHERE key = ?1"));
    get.bind(1, key);
    BM_ASSIGN(const bool row, get.step());
    return row ? get.text(0) : std::string();
  }

  Result<void> forget_failures() override {
    BM_ASSIGN(Statement forget,
              database_.prepare("UPDATE attempts SET state = (state & 15) | 64"
                                " WHERE mini_batch IN (SELECT mini_batch FROM attempts"
                                " WHERE state & 16 AND state & 15)"));
    return forget.run();
  }

 private:
  Result<void> write(const CommitGroup& group) {
    WallTime origin = origin_;
    if (origin.micros == 0 && !group.attempts.empty()) {
      origin = group.attempts.front().outcome.started;
    }
    for (const AttemptRecord& attempt : group.attempts) BM_TRY(insert(attempt, origin, code_));
    return end_transaction(origin, group.lease_high_water);
  }

  Result<void> insert(const AttemptRecord& attempt, WallTime origin, std::int64_t code) {
    bind_attempt(*insert_, attempt, origin, code);
    BM_TRY(insert_->run());
    if (attempt.outcome.error.empty()) return {};
    return errors_->add(database_.last_row(), attempt.outcome.error);
  }

  Result<void> end_transaction(WallTime origin, MiniBatchId high_water) {
    if (origin != origin_ || high_water != high_water_) {
      set_mark_->bind(1, static_cast<std::int64_t>(high_water.value));
      set_mark_->bind(2, origin.micros);
      BM_TRY(set_mark_->run());
    }
    BM_TRY(commit_->run());
    origin_ = origin;
    high_water_ = high_water;
    return {};
  }

  Result<void> take_over(const Ledger& from, const std::vector<std::string>& hashes,
                         const std::function<bool(AttemptRecord&)>& keep) {
    std::vector<std::int64_t> ids;  // of the other ledger's codes in this one
    for (const std::string& hash : hashes) {
      BM_ASSIGN(const std::int64_t id, code_id(hash));
      ids.push_back(id);
    }
    WallTime origin = origin_;
    Result<void> inserted;
    BM_TRY(from.for_each_attempt(true, [&](const AttemptRecord& found) {
      AttemptRecord record = found;
      if (!keep(record)) return true;
      record.id.epoch = Epoch{0};
      if (origin.micros == 0) origin = record.outcome.started;
      inserted = insert(record, origin, record.code < ids.size() ? ids[record.code] : 0);
      return inserted.has_value();
    }));
    BM_TRY(inserted);
    return end_transaction(origin, high_water_);
  }

  Result<std::int64_t> code_id(const std::string& hash) {
    BM_ASSIGN(Statement known, database_.prepare("SELECT id FROM codes WHERE hash = ?1"));
    known.bind(1, hash);
    BM_ASSIGN(const bool row, known.step());
    if (row) return known.integer(0);
    BM_ASSIGN(Statement add, database_.prepare("INSERT INTO codes (hash) VALUES (?1)"));
    add.bind(1, hash);
    BM_TRY(add.run());
    return database_.last_row();
  }

  // Once a sync has failed, nobody knows what the disk holds until the file is opened anew.
  void give_up(const Error& why) {
    broken_ = why;
    if (database_.in_transaction()) static_cast<void>(database_.execute("ROLLBACK"));
    // The refused group may lie complete in the log; if that can be emptied, it stays away.
    database_.empty_log();
  }

  Result<void> read_mark() {
    BM_ASSIGN(Statement mark, database_.prepare("SELECT lease_high_water, origin_us FROM step"));
    BM_TRY(mark.step());
    high_water_.value = static_cast<std::uint64_t>(mark.integer(0));
    origin_.micros = mark.integer(1);
    return {};
  }

  // Successes have no row in attempt_errors: the look-up is spared for them.
  static Result<std::string> error_of(const AttemptRecord& record, std::int64_t seq,
                                      Statement& error) {
    if (record.outcome.status == AttemptStatus::kRunDone) return std::string();
    error.bind(1, seq);
    BM_ASSIGN(const bool row, error.step());
    if (!row) return std::string();
    std::string text = join_error(error.text(0), error.text(1));
    error.reset();
    return text;
  }

  Database database_;
  std::optional<Statement> insert_, set_mark_, begin_, commit_;
  std::unique_ptr<ErrorTexts> errors_;
  WallTime origin_;
  MiniBatchId high_water_;
  int version_;            // of the schema as found: readers take older ones too
  std::int64_t code_ = 0;  // what commits carry
  std::optional<Error> broken_;
};

}  // namespace

Result<std::unique_ptr<Ledger>> SqliteLedgers::open(const std::string& path, bool read_only) {
  OpenOptions options;
  options.access = read_only ? Access::kReadOnly : Access::kReadWrite;
  options.sole_writer = true;
  options.disk = disk_;
  options.vfs = vfs_;
  BM_ASSIGN(Database database, Database::open(path, options));
  BM_ASSIGN(const int version, ensure_schema(database, kLedgerSchema, options.access));
  auto ledger = std::make_unique<SqliteLedger>(std::move(database), version);
  BM_TRY(ledger->prepare(read_only));
  return std::unique_ptr<Ledger>(std::move(ledger));
}

}  // namespace batchmill::db
