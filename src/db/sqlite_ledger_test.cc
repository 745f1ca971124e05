#include "db/sqlite_ledger.h"

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "db/error_texts.h"
#include "db/ledger_schema.h"
#include "db/old_file.h"
#include "db/sample_attempts.h"
#include "db/temporary_folder.h"

namespace batchmill::db {
namespace {

class LedgerTest : public testing::Test {
 protected:
  std::unique_ptr<Ledger> open(bool read_only = false) {
    auto ledger = SqliteLedgers().open(path_, read_only);
    EXPECT_TRUE(ledger) << ledger.error().message;
    return std::move(*ledger);
  }
  TemporaryFolder folder_;
  std::string path_ = folder_ / "ledger.db";
};

std::vector<std::string> in_words(const std::vector<AttemptRecord>& records) {
  std::vector<std::string> words;
  for (const AttemptRecord& record : records) words.push_back(db::in_words(record));
  return words;
}

TEST_F(LedgerTest, EveryFieldComesBackInCommitOrder) {
  std::vector<AttemptRecord> all = {sample_failure(9, 1, false), sample_success(3),
                                    sample_failure(9, 2, true)};
  AttemptRecord extreme = sample_success(1'000'000'000'000);
  extreme.id.epoch = Epoch{4'000'000'000};
  extreme.id.number = 65'535;
  extreme.worker = {NodeId{4'000'000'000}, 4'000'000'000};
  extreme.outcome.status = AttemptStatus::kRunShort;
  extreme.outcome.total = 4'000'000'000;
  extreme.outcome.succeeded = 7;
  extreme.outcome.rows = {SpoolId{4'000'000'000}, 1ULL << 60, 1ULL << 50, 4'000'000'000,
                          0xFFFFFFFF};
  extreme.outcome.started = WallTime{-5};
  extreme.outcome.elapsed = std::chrono::hours(9'000);
  extreme.outcome.error = "not JSON";
  all.push_back(extreme);
  AttemptRecord more = sample_success(4);  // more results than items: allowed, not clamped
  more.outcome.succeeded = 9;
  all.push_back(more);
  {
    auto ledger = open();
    ASSERT_TRUE(ledger->commit({{all[0], all[1]}, MiniBatchId{10}}));
    ASSERT_TRUE(ledger->commit({{all[2], all[3]}, MiniBatchId{12}}));
  }
  auto ledger = open();
  ASSERT_TRUE(ledger->commit({{all[4]}, MiniBatchId{12}}));
  EXPECT_EQ(in_words(read_all(*ledger)), in_words(all));
  EXPECT_EQ(ledger->lease_high_water().value(), MiniBatchId{12});
}

TEST_F(LedgerTest, WithoutErrorsTheTextIsEmpty) {
  auto ledger = open();
  ASSERT_TRUE(ledger->commit({{sample_failure(1, 1, true), sample_success(2)}, MiniBatchId{3}}));
  for (const AttemptRecord& record : read_all(*ledger, false)) {
    EXPECT_EQ(record.outcome.error, "");
  }
}

TEST_F(LedgerTest, TheVisitorMayStop) {
  auto ledger = open();
  ASSERT_TRUE(ledger->commit({{sample_success(1), sample_success(2)}, MiniBatchId{3}}));
  int visits = 0;
  ASSERT_TRUE(ledger->for_each_attempt(false, [&](const AttemptRecord&) { return ++visits < 1; }));
  EXPECT_EQ(visits, 1);
  EXPECT_EQ(read_all(*ledger).size(), 2U) << "the walk that was ended holds nothing";
}

TEST_F(LedgerTest, MarksAndFactsAreKept) {
  {
    auto ledger = open();
    EXPECT_EQ(ledger->plan_mark()->records, 0U);
    EXPECT_FALSE(ledger->plan_mark()->complete);
    EXPECT_EQ(ledger->fact("merged").value(), "");
    EXPECT_EQ(ledger->lease_high_water().value(), MiniBatchId{0});
    ASSERT_TRUE(ledger->mark_plan({2'000, 400, 0xFEDCBA9876543210, true}));
    ASSERT_TRUE(ledger->put_fact("merged", "yes"));
    ASSERT_TRUE(ledger->put_fact("merged", "again"));
    ASSERT_TRUE(ledger->commit({{}, MiniBatchId{77}}));
  }
  auto ledger = open(true);
  EXPECT_EQ(ledger->plan_mark()->records, 2'000U);
  EXPECT_EQ(ledger->plan_mark()->mini_batches, 400U);
  EXPECT_EQ(ledger->plan_mark()->hash, 0xFEDCBA9876543210);
  EXPECT_TRUE(ledger->plan_mark()->complete);
  EXPECT_EQ(ledger->fact("merged").value(), "again");
  EXPECT_EQ(ledger->lease_high_water().value(), MiniBatchId{77});
}

TEST_F(LedgerTest, ForgottenFailuresStayInTheReportsOnly) {
  auto ledger = open();
  AttemptRecord last_short = sample_success(3);
  last_short.outcome.status = AttemptStatus::kRunShort;
  ASSERT_TRUE(ledger->commit({{sample_failure(1, 1, false), sample_failure(1, 2, true),
                               sample_failure(2, 1, false), sample_success(2), last_short},
                              MiniBatchId{4}}));
  ASSERT_TRUE(ledger->forget_failures());
  const auto records = read_all(*ledger);
  ASSERT_EQ(records.size(), 5U);
  struct Row {
    bool final, rows_count, forgotten;
  };
  const std::vector<Row> expected = {{false, false, true},   // first try of a failed mini-batch
                                     {false, false, true},   // its last
                                     {false, false, false},  // of one that succeeded later
                                     {true, true, false},
                                     {false, false, true}};  // short: its rows no longer count
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(records[i].final, expected[i].final) << i;
    EXPECT_EQ(records[i].rows_count, expected[i].rows_count) << i;
    EXPECT_EQ(records[i].forgotten, expected[i].forgotten) << i;
  }
  EXPECT_EQ(records[1].outcome.error, sample_error(1));
  // A fresh try that succeeds is not touched by the next resume.
  AttemptRecord fresh = sample_success(1);
  fresh.id.epoch = Epoch{2};
  ASSERT_TRUE(ledger->commit({{fresh}, MiniBatchId{4}}));
  ASSERT_TRUE(ledger->forget_failures());
  EXPECT_TRUE(read_all(*ledger).back().final);
}

AttemptRecord part_of(AttemptRecord record, std::uint32_t first, std::uint32_t count) {
  record.id.part = {first, count};
  return record;
}

AttemptRecord split(AttemptRecord record) {
  record.split = true;
  record.final = false;
  return record;
}

TEST_F(LedgerTest, PartsAndSplitsComeBack) {
  const std::vector<AttemptRecord> all = {split(sample_failure(1, 3, false)),
                                          part_of(sample_success(1), 0, 2),
                                          part_of(sample_failure(1, 1, true), 2, 4'000'000'000)};
  ASSERT_TRUE(open()->commit({all, MiniBatchId{2}}));
  EXPECT_EQ(in_words(read_all(*open(true))), in_words(all));
}

TEST_F(LedgerTest, Spec5_9ABisectedMiniBatchWithAFailedPartStartsOver) {
  auto ledger = open();
  ASSERT_TRUE(
      ledger->commit({{split(sample_failure(1, 1, false)), part_of(sample_success(1), 0, 2),
                       part_of(sample_failure(1, 1, true), 2, 3),
                       // this one has no failed part yet: its good part stays
                       split(sample_failure(2, 1, false)), part_of(sample_success(2), 0, 2)},
                      MiniBatchId{3}}));
  ASSERT_TRUE(ledger->forget_failures());
  const auto records = read_all(*ledger);
  ASSERT_EQ(records.size(), 5U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(records[i].forgotten) << i;
    EXPECT_FALSE(records[i].final || records[i].rows_count || records[i].split) << i;
  }
  EXPECT_TRUE(records[3].split && !records[3].forgotten);
  EXPECT_TRUE(records[4].final && records[4].rows_count && !records[4].forgotten);
}

TEST_F(LedgerTest, Spec5_9CommitsCarryTheCodeThatRan) {
  {
    auto ledger = open();
    ASSERT_TRUE(ledger->commit({{sample_success(0)}, MiniBatchId{1}}));
    ASSERT_TRUE(ledger->use_code("old"));
    ASSERT_TRUE(ledger->commit({{sample_success(1)}, MiniBatchId{2}}));
    ASSERT_TRUE(ledger->use_code("new"));
    ASSERT_TRUE(ledger->commit({{sample_success(2)}, MiniBatchId{3}}));
  }
  auto ledger = open();
  ASSERT_TRUE(ledger->use_code("old"));
  ASSERT_TRUE(ledger->commit({{sample_success(3)}, MiniBatchId{4}}));
  const auto codes = ledger->codes().value();
  EXPECT_THAT(codes, testing::ElementsAre("", "old", "new"));
  std::vector<std::string> found;
  for (const AttemptRecord& record : read_all(*ledger)) found.push_back(codes.at(record.code));
  EXPECT_THAT(found, testing::ElementsAre("", "old", "new", "old"));
  EXPECT_EQ(open(true)->use_code("other").error().kind, ErrorKind::kPermission);
}

TEST_F(LedgerTest, Spec5_9CommitsOfAnotherJobAreTakenOverWithTheirCode) {
  auto other = SqliteLedgers().open(folder_ / "other.db", false).value();
  ASSERT_TRUE(other->use_code("old"));
  AttemptRecord later = sample_success(1);
  later.id.epoch = Epoch{7};
  ASSERT_TRUE(other->commit({{sample_success(0), sample_failure(5, 1, true), later}, {}}));

  auto ledger = open();
  ASSERT_TRUE(ledger->use_code("new"));
  ASSERT_TRUE(ledger->import(*other, [](AttemptRecord& record) {
    record.outcome.rows.spool.value += 100;
    return record.outcome.status == AttemptStatus::kRunDone;
  }));
  ASSERT_TRUE(ledger->commit({{sample_success(5)}, MiniBatchId{6}}));
  const auto records = read_all(*ledger);
  ASSERT_EQ(records.size(), 3U);
  const auto codes = ledger->codes().value();
  EXPECT_EQ(codes.at(records[0].code), "old");
  EXPECT_EQ(codes.at(records[2].code), "new");
  EXPECT_EQ(records[1].id.mini_batch, MiniBatchId{1});
  EXPECT_EQ(records[1].id.epoch, Epoch{0});
  EXPECT_EQ(records[1].outcome.rows.spool, SpoolId{101});
  EXPECT_EQ(records[1].outcome.started, later.outcome.started);
}

TEST_F(LedgerTest, AFileOfVersion1IsReadAsItIsAndMigratedByItsWriter) {
  {
    auto database = file_of_version_1(path_, kLedgerSchema);
    ASSERT_TRUE(database.execute(
        "INSERT INTO attempts VALUES (1, 7, 1, 2, 0, 3, 48, 5, 0, 3, 64, 640, 5, 0, 0, 9, 8, 7, "
        "6)"));
  }
  for (const bool read_only : {true, false}) {
    auto ledger = open(read_only);
    const auto records = read_all(*ledger);
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].id, (AttemptId{MiniBatchId{7}, Epoch{1}, 2, {}}));
    EXPECT_TRUE(records[0].final && records[0].rows_count && !records[0].split);
    EXPECT_EQ(records[0].outcome.rows.length, 640U);
    EXPECT_THAT(ledger->codes().value(), testing::ElementsAre(""));
  }
}

TEST_F(LedgerTest, AReaderSeesARunningStepAndCannotWrite) {
  auto writer = open();
  auto reader = open(true);
  ASSERT_TRUE(writer->commit({{sample_success(1)}, MiniBatchId{2}}));
  EXPECT_EQ(in_words(read_all(*reader)), in_words({sample_success(1)}));
  EXPECT_EQ(reader->mark_plan({}).error().kind, ErrorKind::kPermission);
  EXPECT_EQ(reader->commit({{sample_success(2)}, MiniBatchId{3}}).error().kind,
            ErrorKind::kPermission);
  EXPECT_EQ(SqliteLedgers().open(folder_ / "none.db", true).error().kind, ErrorKind::kNotFound);
}

TEST_F(LedgerTest, TheReadableViewSaysTheSame) {
  auto ledger = open();
  ASSERT_TRUE(ledger->commit({{sample_success(5), sample_failure(6, 1, true)}, MiniBatchId{7}}));
  auto database = Database::open(path_, {.access = Access::kReadOnly}).value();
  auto view = database
                  .prepare(
                      "SELECT status, final, succeeded, started_us, crc FROM"
                      " readable_attempts ORDER BY seq")
                  .value();
  ASSERT_TRUE(view.step().value());
  const Outcome outcome = sample_success(5).outcome;
  EXPECT_EQ(view.text(0), "RUN_DONE");
  EXPECT_EQ(view.integer(1), 1);
  EXPECT_EQ(view.integer(2), 5);
  EXPECT_EQ(view.integer(3), outcome.started.micros);
  EXPECT_EQ(view.integer(4), outcome.rows.crc);
  ASSERT_TRUE(view.step().value());
  EXPECT_EQ(view.text(0), "RUN_EXCEPTION");
}

TEST_F(LedgerTest, EqualFailuresShareOneText) {
  auto ledger = open();
  CommitGroup group;
  for (std::uint64_t i = 0; i < 1'000; ++i) group.attempts.push_back(sample_failure(i, 1, true));
  ASSERT_TRUE(ledger->commit(group));
  ledger = open();  // the second life knows the texts of the first
  ASSERT_TRUE(ledger->commit(group));
  auto database = Database::open(path_, {.access = Access::kReadOnly}).value();
  EXPECT_EQ(database.query_integer("SELECT count(*) FROM error_texts").value(), 1);
  EXPECT_EQ(database.query_integer("SELECT count(*) FROM attempt_errors").value(), 2'000);
  EXPECT_EQ(read_all(*ledger)[777].outcome.error, sample_error(777));
}

TEST(ErrorTexts, BeyondTheLimitNewTextsAreShortened) {
  TemporaryFolder folder;
  auto database = Database::open(folder / "ledger.db", {}).value();
  ASSERT_TRUE(ensure_schema(database, kLedgerSchema, Access::kReadWrite));
  auto texts = ErrorTexts::open(database, 5'000).value();
  const auto kind_of_error = [](int kind) {
    return R"({"code": )" + std::to_string(kind) + R"(, "frames": ")" + std::string(2'000, 'f') +
           R"("})";
  };
  for (int kind = 0; kind < 4; ++kind) ASSERT_TRUE(texts->add(kind, kind_of_error(kind)));
  ASSERT_TRUE(texts->add(4, kind_of_error(1)));  // known: kept whole
  auto lengths = database
                     .prepare(
                         "SELECT length(t.text) FROM attempt_errors AS e JOIN error_texts"
                         " AS t ON t.id = e.text ORDER BY seq")
                     .value();
  std::vector<std::int64_t> found;
  while (lengths.step().value()) found.push_back(lengths.integer(0));
  const auto whole = static_cast<std::int64_t>(kind_of_error(0).size());
  EXPECT_THAT(found, testing::ElementsAre(whole, whole, testing::Lt(60), testing::Lt(60), whole));
}

// The budget of design.md section 6, step 8. Times are printed, not judged.
TEST_F(LedgerTest, ASuccessTakesAtMost64Bytes) {
  constexpr std::uint64_t kAttempts = 200'000;
  constexpr std::uint64_t kGroup = 4'096;
  std::chrono::nanoseconds writing{};
  {
    auto ledger = open();
    ASSERT_TRUE(ledger->use_code("first") && ledger->use_code("the third costs a byte more"));
    CommitGroup group;
    for (std::uint64_t i = 0; i < kAttempts; ++i) {
      group.attempts.push_back(sample_success(i));
      if (group.attempts.size() < kGroup && i + 1 < kAttempts) continue;
      group.lease_high_water = MiniBatchId{i + 64};
      const auto before = std::chrono::steady_clock::now();
      ASSERT_TRUE(ledger->commit(group));
      writing += std::chrono::steady_clock::now() - before;
      group.attempts.clear();
    }
    const auto before = std::chrono::steady_clock::now();
    std::uint64_t count = 0;
    ASSERT_TRUE(ledger->for_each_attempt(false, [&](const AttemptRecord&) { return ++count > 0; }));
    const auto reading = std::chrono::steady_clock::now() - before;
    EXPECT_EQ(count, kAttempts);
    std::printf("[ measured ] commit %.2f us, read %.2f us per attempt\n",
                static_cast<double>(writing.count()) / 1e3 / kAttempts,
                static_cast<double>(std::chrono::nanoseconds(reading).count()) / 1e3 / kAttempts);
  }
  const double bytes = static_cast<double>(std::filesystem::file_size(path_)) / kAttempts;
  std::printf("[ measured ] %.1f bytes per attempt\n", bytes);
  EXPECT_LE(bytes, 64.0);
}

}  // namespace
}  // namespace batchmill::db
