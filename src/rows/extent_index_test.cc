#include "rows/extent_index.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fixed_ledger.h"

namespace batchmill::rows {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

AttemptRecord attempt(std::uint64_t mini_batch, SpoolExtent rows = {}, std::uint16_t number = 1) {
  AttemptRecord record;
  record.id = {MiniBatchId{mini_batch}, Epoch{1}, number};
  record.outcome.rows = rows;
  return record;
}

std::vector<std::uint64_t> order(const ExtentIndex& index) {
  std::vector<std::uint64_t> result;
  for (auto extent = index.next(MiniBatchId{0}); extent;
       extent = index.next(MiniBatchId{extent->mini_batch.value + 1})) {
    result.push_back(extent->mini_batch.value);
  }
  return result;
}

TEST(ExtentIndex, YieldsMiniBatchOrderWhateverTheCommitOrder) {
  FixedLedger ledger;
  ledger.attempts = {attempt(5), attempt(0), attempt(3)};
  const auto index = ExtentIndex::read(ledger, 6);
  ASSERT_TRUE(index);
  EXPECT_THAT(order(*index), ElementsAre(0, 3, 5));
  EXPECT_EQ(index->mini_batches(), 3U);
}

TEST(ExtentIndex, TakesOnlyFinalAttemptsWhoseRowsCount) {
  ExtentIndex index;
  AttemptRecord failed = attempt(0);
  failed.rows_count = false;
  AttemptRecord forgotten = attempt(1);
  forgotten.final = false;
  ASSERT_TRUE(index.add(failed));
  ASSERT_TRUE(index.add(forgotten));
  EXPECT_THAT(order(index), ElementsAre());
  ASSERT_TRUE(index.add(attempt(1, {}, 2)));
  EXPECT_THAT(order(index), ElementsAre(1));
}

TEST(ExtentIndex, ASecondAttemptThatCountsIsAnError) {
  FixedLedger ledger;
  ledger.attempts = {attempt(7), attempt(7, {}, 2), attempt(8)};
  const auto index = ExtentIndex::read(ledger, 9);
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().kind, ErrorKind::kProtocol);
  EXPECT_THAT(index.error().message, AllOf(HasSubstr("mini-batch 7"), HasSubstr("try 2")));
}

TEST(ExtentIndex, KeepsEveryExtentExactly) {
  const std::vector<SpoolExtent> extents = {
      {SpoolId{0}, 0, 0, 0, 0},
      {SpoolId{3}, 12345, 678, 9, 0xdeadbeef},
      {SpoolId{UINT32_MAX}, (1ULL << 44) - 1, UINT32_MAX, 1, UINT32_MAX},
      {SpoolId{0}, 5, 6, 1, 7},
      // These do not fit into 16 bytes.
      {SpoolId{1}, 1ULL << 44, 2, 1, 3},
      {SpoolId{1}, 1, 1ULL << 32, 1, 3},
  };
  ExtentIndex index;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < extents.size(); ++i) {
    ASSERT_TRUE(index.add(attempt(i, extents[i])));
    rows += extents[i].rows;
    bytes += extents[i].length;
  }
  for (std::size_t i = 0; i < extents.size(); ++i) {
    SCOPED_TRACE(i);
    const auto found = index.next(MiniBatchId{i});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->mini_batch.value, i);
    EXPECT_EQ(found->rows.spool, extents[i].spool);
    EXPECT_EQ(found->rows.offset, extents[i].offset);
    EXPECT_EQ(found->rows.length, extents[i].length);
    EXPECT_EQ(found->rows.crc, extents[i].crc);
  }
  EXPECT_EQ(index.rows(), rows);
  EXPECT_EQ(index.bytes(), bytes);
}

}  // namespace
}  // namespace batchmill::rows
