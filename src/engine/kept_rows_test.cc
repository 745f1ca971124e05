#include "engine/kept_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "fakes/fixed_ledger.h"
#include "fakes/memory_files.h"

namespace batchmill::engine {
namespace {

AttemptRecord record(std::uint64_t id, AttemptStatus status, ItemRange part = {}) {
  AttemptRecord record;
  record.id = {MiniBatchId{id}, Epoch{1}, 1, part};
  record.outcome.status = status;
  record.rows_count = status == AttemptStatus::kRunDone;
  return record;
}

AttemptRecord with_rows(AttemptRecord record, std::uint32_t spool, std::uint64_t offset,
                        const std::string& rows) {
  record.outcome.rows = {SpoolId{spool}, offset, rows.size(), 1, crc32(rows)};
  return record;
}

KeptMiniBatches kept_of(const FixedLedger& ledger) { return *kept_mini_batches(ledger, 10); }

TEST(Spec5_9Kept, SuccessesAreKeptAndFailuresAreNot) {
  FixedLedger ledger;
  ledger.attempts = {record(0, AttemptStatus::kRunDone), record(1, AttemptStatus::kRunException),
                     record(1, AttemptStatus::kRunDone), record(2, AttemptStatus::kRunShort),
                     record(3, AttemptStatus::kRunDone)};
  ledger.attempts[1].final = false;
  ledger.attempts[3].rows_count = true;  // the last short return: its rows were appended
  ledger.attempts[4].forgotten = true;
  ledger.attempts[4].final = false;
  const auto kept = kept_of(ledger);
  EXPECT_EQ(kept.count(), 2u);
  std::vector<bool> keeps;
  for (const auto& attempt : ledger.attempts) keeps.push_back(kept.keeps(attempt));
  EXPECT_EQ(keeps, (std::vector<bool>{true, false, true, false, false}));
}

TEST(Spec5_9Kept, ABisectedMiniBatchIsKeptWithAllItsPartsOrNotAtAll) {
  FixedLedger ledger;
  for (const std::uint64_t id : {0, 1, 2}) {
    AttemptRecord split = record(id, AttemptStatus::kRunException);
    split.final = false;
    split.split = true;
    ledger.attempts.push_back(split);
    ledger.attempts.push_back(record(id, AttemptStatus::kRunDone, {0, 2}));
    if (id == 1) continue;  // its other half had not ended
    ledger.attempts.push_back(
        record(id, id == 0 ? AttemptStatus::kRunDone : AttemptStatus::kRunException, {2, 2}));
  }
  const auto kept = kept_of(ledger);
  EXPECT_EQ(kept.count(), 1u);
  for (const auto& attempt : ledger.attempts) {
    EXPECT_EQ(kept.keeps(attempt), attempt.id.mini_batch.value == 0);
  }
}

class KeptRowsTest : public ::testing::Test {
 protected:
  std::string content(std::uint32_t number, const char* ending = "") {
    return files.content(to.spool(kTakenOverSpools + number) + ending).value_or("(none)");
  }
  // The rows that a moved record names.
  std::string rows_of(AttemptRecord moved) {
    const SpoolExtent& rows = moved.outcome.rows;
    return files.content(to.spool(rows.spool.value)).value().substr(rows.offset, rows.length);
  }
  fakes::MemoryFiles files;
  FixedLedger ledger;
  StepFolder from{"/old"}, to{"/new"};
};

TEST_F(KeptRowsTest, SpoolsAreCopiedAsFarAsTheyAreKept) {
  files.put(from.spool(7), "aabbb(a tail)");
  files.put(from.spool(7) + ".header", "head\n");
  files.put(from.spool(9), "c");
  ledger.attempts = {with_rows(record(0, AttemptStatus::kRunDone), 7, 0, "aa"),
                     with_rows(record(1, AttemptStatus::kRunDone), 7, 2, "bbb"),
                     with_rows(record(2, AttemptStatus::kRunDone), 9, 0, "c")};
  const auto rows = KeptRows::in_spools(files, ledger, from, kept_of(ledger));
  ASSERT_TRUE(rows && *rows);
  ASSERT_TRUE((*rows)->copy(files, files, to));
  EXPECT_EQ(content(0), "aabbb");
  EXPECT_EQ(content(0, ".header"), "head\n");
  EXPECT_EQ(content(1), "c");
  for (AttemptRecord attempt : ledger.attempts) {
    const std::uint32_t crc = attempt.outcome.rows.crc;
    (*rows)->move(attempt);
    EXPECT_EQ(crc32(rows_of(attempt)), crc);
  }
}

TEST_F(KeptRowsTest, AMissingOrShortSpoolMeansThatTheRowsAreGone) {
  ledger.attempts = {with_rows(record(0, AttemptStatus::kRunDone), 7, 0, "aa")};
  EXPECT_FALSE(*KeptRows::in_spools(files, ledger, from, kept_of(ledger)));
  files.put(from.spool(7), "a");
  EXPECT_FALSE(*KeptRows::in_spools(files, ledger, from, kept_of(ledger)));
}

TEST_F(KeptRowsTest, MergedRowsAreFoundInTheAggregatedFile) {
  files.put("/out/rows", "head\naaSbbcc");
  ledger.attempts = {with_rows(record(2, AttemptStatus::kRunDone, {0, 1}), 5, 9, "bb"),
                     with_rows(record(2, AttemptStatus::kRunDone, {1, 1}), 6, 3, "cc"),
                     with_rows(record(1, AttemptStatus::kRunShort), 5, 0, "S"),
                     with_rows(record(0, AttemptStatus::kRunDone), 5, 4, "aa")};
  ledger.attempts[2].rows_count = true;
  const auto rows = KeptRows::in_aggregated(files, files, ledger, "/out/rows");
  ASSERT_TRUE(rows && *rows);
  ASSERT_TRUE((*rows)->copy(files, files, to));
  EXPECT_EQ(content(0, ".header"), "head\n");
  for (AttemptRecord attempt : ledger.attempts) {
    const std::uint32_t crc = attempt.outcome.rows.crc;
    (*rows)->move(attempt);
    EXPECT_EQ(crc32(rows_of(attempt)), crc);
  }
}

TEST_F(KeptRowsTest, AnAggregatedFileThatWasChangedIsNoLongerWhatWasMerged) {
  ledger.attempts = {with_rows(record(0, AttemptStatus::kRunDone), 5, 0, "aa")};
  EXPECT_FALSE(*KeptRows::in_aggregated(files, files, ledger, "/out/rows")) << "missing";
  for (const char* content : {"", "a", "ab"}) {
    files.put("/out/rows", content);
    EXPECT_FALSE(*KeptRows::in_aggregated(files, files, ledger, "/out/rows")) << content;
  }
}

TEST_F(KeptRowsTest, WithoutRowsThereIsNothingToCopyAndCountsStay) {
  ledger.attempts = {record(0, AttemptStatus::kRunDone)};
  ledger.attempts[0].outcome.rows.rows = 4;  // returned, not appended
  const auto rows = KeptRows::in_spools(files, ledger, from, kept_of(ledger));
  ASSERT_TRUE(rows && *rows);
  ASSERT_TRUE((*rows)->copy(files, files, to));
  AttemptRecord moved = ledger.attempts[0];
  (*rows)->move(moved);
  EXPECT_EQ(moved.outcome.rows.rows, 4u);
}

}  // namespace
}  // namespace batchmill::engine
