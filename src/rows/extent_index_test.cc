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

AttemptRecord part(std::uint64_t mini_batch, ItemRange items, SpoolExtent rows = {}) {
  AttemptRecord record = attempt(mini_batch, rows);
  record.id.part = items;
  return record;
}

std::vector<std::uint64_t> order(const ExtentIndex& index) {
  std::vector<std::uint64_t> result;
  for (auto extent = index.first(); extent; extent = index.after(*extent)) {
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

TEST(ExtentIndex, PartsOfABisectedMiniBatchComeInTheOrderOfTheirItems) {
  ExtentIndex index;
  for (const AttemptRecord& record : {part(1, {5, 3}), attempt(2), part(1, {0, 2}), attempt(0),
                                      part(1, {4'294'967'290, 5}), part(1, {2, 3})}) {
    ASSERT_TRUE(index.add(record));
  }
  std::vector<std::pair<std::uint64_t, std::uint32_t>> found;
  for (auto extent = index.first(); extent; extent = index.after(*extent)) {
    found.emplace_back(extent->mini_batch.value, extent->part.first);
  }
  const std::vector<std::pair<std::uint64_t, std::uint32_t>> expected = {
      {0, 0}, {1, 0}, {1, 2}, {1, 5}, {1, 4'294'967'290}, {2, 0}};
  EXPECT_EQ(found, expected);
  EXPECT_EQ(index.mini_batches(), 3U);
}

TEST(ExtentIndex, AnItemThatCountsTwiceIsAnError) {
  struct Case {
    const char* name;
    std::vector<AttemptRecord> first;
    AttemptRecord second;
    bool is_error;
  };
  const std::vector<Case> cases = {
      {"neighbours", {part(7, {0, 2}), part(7, {4, 2})}, part(7, {2, 2}), false},
      {"the same part", {part(7, {2, 2})}, part(7, {2, 2}), true},
      {"the end of one", {part(7, {0, 3})}, part(7, {2, 2}), true},
      {"the begin of one", {part(7, {4, 2})}, part(7, {2, 3}), true},
      {"within one", {part(7, {0, 9})}, part(7, {2, 2}), true},
      {"around one", {part(7, {3, 1})}, part(7, {2, 5}), true},
      {"a part and the whole", {part(7, {0, 2})}, attempt(7), true},
      {"the whole and a part", {attempt(7)}, part(7, {0, 2}), true},
      {"another mini-batch", {part(7, {0, 2})}, part(8, {0, 2}), false},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    ExtentIndex index;
    for (const AttemptRecord& record : test.first) ASSERT_TRUE(index.add(record));
    const auto added = index.add(test.second);
    EXPECT_EQ(added.has_value(), !test.is_error);
    if (!test.is_error || added) continue;
    EXPECT_EQ(added.error().kind, ErrorKind::kProtocol);
    EXPECT_THAT(added.error().message, HasSubstr("mini-batch 7"));
  }
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
  auto found = index.first();
  for (std::size_t i = 0; i < extents.size(); ++i, found = index.after(*found)) {
    SCOPED_TRACE(i);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->mini_batch.value, i);
    EXPECT_EQ(found->rows.spool, extents[i].spool);
    EXPECT_EQ(found->rows.offset, extents[i].offset);
    EXPECT_EQ(found->rows.length, extents[i].length);
    EXPECT_EQ(found->rows.crc, extents[i].crc);
  }
  EXPECT_FALSE(found);
  EXPECT_EQ(index.rows(), rows);
  EXPECT_EQ(index.bytes(), bytes);
}

}  // namespace
}  // namespace batchmill::rows
