#include "data/row_plan.h"

#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/plan_rig.h"

namespace batchmill::data {
namespace {

using fakes::MemoryFiles;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RowPlanTest : public PlanRig {
 protected:
  static PlanRequest request(std::uint64_t rows) {
    PlanRequest request = of_input();
    request.rows_per_mini_batch = rows;
    return request;
  }
  // The text of each mini-batch. Checks what must hold of every record.
  std::vector<std::string> cut(std::uint64_t rows) {
    const auto result = run(request(rows));
    EXPECT_TRUE(result) << result.error().message;
    if (!result) return {};
    const ManifestReader reader = planned();
    std::vector<std::string> texts;
    counts_.clear();
    std::uint64_t next_row = 0;
    for (std::uint64_t k = 0; k < reader.mini_batches(); ++k) {
      const RowsRecord record = reader.rows(k);
      texts.push_back(text(record.path, record.begin, record.end));
      EXPECT_EQ(record.first_row, next_row);
      EXPECT_EQ(reader.items(k), record.rows);
      next_row += record.rows;
      counts_.push_back(record.rows);
    }
    EXPECT_TRUE(result->total.items_known);
    EXPECT_EQ(result->total.items, next_row);
    EXPECT_EQ(reader.total_items(reader.records()), next_row);
    return texts;
  }

  std::vector<std::uint64_t> counts_;  // rows of each mini-batch
};

TEST_F(RowPlanTest, Spec2_3CutsJsonLinesByRows) {
  files_.put("/in/a.jsonl", "1\n2\n3\n4\n5\n");
  EXPECT_THAT(cut(2), ElementsAre("1\n2\n", "3\n4\n", "5\n"));
  EXPECT_THAT(counts_, ElementsAre(2, 2, 1));
  EXPECT_THAT(cut(5), ElementsAre("1\n2\n3\n4\n5\n"));
  EXPECT_THAT(cut(100), ElementsAre("1\n2\n3\n4\n5\n"));
}

TEST_F(RowPlanTest, NeverCrossesFilesButCountsRowsThroughThemAll) {
  files_.put("/in/a.jsonl", "1\n2\n3\n");
  files_.put("/in/b.jsonl", "");
  files_.put("/in/c/d.jsonl", "4\n5\n");
  EXPECT_THAT(cut(2), ElementsAre("1\n2\n", "3\n", "4\n5\n"));
}

TEST_F(RowPlanTest, OddFiles) {
  const std::vector<OddFile> in_twos = {
      {"no final newline", "1\n2\n3", {"1\n2\n", "3"}},
      {"CRLF", "1\r\n2\r\n3\r\n", {"1\r\n2\r\n", "3\r\n"}},
      {"byte order mark", "\xef\xbb\xbf{}\n2\n", {"{}\n2\n"}},
      {"byte order mark alone", "\xef\xbb\xbf", {}},
      {"blank lines stay with the rows before",
       "\n1\n\n2\n \t\r\n\n3\n",
       {"1\n\n2\n \t\r\n\n", "3\n"}},
      {"indented rows", "  1\n\t2\n", {"  1\n\t2\n"}},
      {"blanks without a newline at the end", "1\n \t", {"1\n \t"}},
      {"only blank lines", "\n\r\n  \n", {}},
      {"one newline", "\n", {}},
      {"one byte", "1", {"1"}},
  };
  expect_pieces(in_twos, "", [this] { return cut(2); });
}

TEST_F(RowPlanTest, RowsMayBeLongerThanWhatIsReadAtOnce) {
  const std::string lengthy(std::size_t{3} << 20, 'x');
  files_.put("/in/a", lengthy + "\n" + lengthy + "\nlast\n");
  EXPECT_THAT(cut(1), ElementsAre(lengthy + "\n", lengthy + "\n", "last\n"));
}

TEST_F(RowPlanTest, EachFileIsReadOnce) {
  std::string text;
  while (text.size() < (std::size_t{4} << 20)) text += "{\"n\": 1}\n";
  files_.put("/in/a", text);
  const std::uint64_t before = files_.bytes_read();
  ASSERT_TRUE(run(request(100)));
  EXPECT_EQ(files_.bytes_read() - before, text.size());
}

TEST_F(RowPlanTest, EqualsCountingLineByLine) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const std::uint64_t size = 1 + random() % 5;
    std::string text;
    std::vector<std::string> expected;
    std::uint64_t rows = size;
    const unsigned lines = random() % 40;
    for (unsigned i = 0; i < lines; ++i) {
      // Some lines end just where a piece of the file does.
      const bool lengthy = random() % 20 == 0;
      std::string line(lengthy ? (std::size_t{256} << 10) - text.size() % 1024 : random() % 4, ' ');
      const bool is_row = random() % 3 != 0;
      if (is_row) line += "ab";
      line += i + 1 < lines || random() % 2 == 0 ? (random() % 4 == 0 ? "\r\n" : "\n") : "";
      if (is_row && rows++ == size) {
        expected.emplace_back();
        rows = 1;
      }
      if (!expected.empty()) expected.back() += line;
      text += line;
    }
    files_ = MemoryFiles(seed);
    files_.put("/in/a", text);
    files_.put("/in/b", "last");
    expected.emplace_back("last");
    EXPECT_TRUE(cut(size) == expected);
  }
}

TEST_F(RowPlanTest, LivesThatEndAnywhereGiveTheSamePlan) {
  std::string text;
  for (int i = 0; i < 9000; ++i) text += std::to_string(i) + "\n";
  files_.put("/in/a", text);
  const auto whole = run(request(3));
  ASSERT_TRUE(whole);
  ASSERT_FALSE(reports_.front().mark.complete);
  const std::string data = *files_.content("/m/manifest.dat");
  for (const PlanProgress& report : std::vector<PlanProgress>(reports_)) {
    PlanRequest later = request(3);
    later.earlier = report.mark;
    const auto again = run(later);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->total.items, 9000U);
    EXPECT_EQ(*files_.content("/m/manifest.dat"), data);
  }
  PlanRequest later = request(3);
  later.earlier = reports_.front().mark;
  files_.put("/in/a", "longer\n" + text);
  EXPECT_THAT(run(later).error().message,
              HasSubstr("item 0 was bytes 0 to 6 of 'a' and is now bytes 0 to 11 of 'a'"));
}

TEST_F(RowPlanTest, AnInputWithoutRowsIsEmpty) {
  files_.put("/in/a", "\n\n");
  EXPECT_EQ(run(request(5)).error().message, "input 'data' is empty: /in holds no rows");
}

class RankPlanTest : public RowPlanTest {
 protected:
  PlanRequest ranks(std::uint64_t count) const {
    PlanRequest request;
    request.rank_count = count;
    request.manifest_folder = "/m";
    return request;
  }
};

TEST_F(RankPlanTest, Spec2_3RanksAreMiniBatchesWithoutInput) {
  const auto result = run(ranks(3));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->total.mark.mini_batches, 3U);
  EXPECT_TRUE(result->total.items_known);
  EXPECT_EQ(result->total.items, 0U);
  const ManifestReader reader = planned();
  EXPECT_EQ(reader.header().kind, ManifestKind::kRanks);
  EXPECT_EQ(reader.mini_batches(), 3U);
  for (std::uint64_t k = 0; k < 3; ++k) {
    EXPECT_EQ(reader.record(k), "");
    EXPECT_EQ(reader.items(k), 0U);
  }
}

TEST_F(RankPlanTest, ARestartKeepsThemAndRefusesAnotherNumber) {
  ASSERT_TRUE(run(ranks(5000)));
  ASSERT_FALSE(reports_.front().mark.complete);
  PlanRequest later = ranks(5000);
  later.earlier = reports_.front().mark;
  EXPECT_TRUE(run(later));
  later = ranks(1);
  later.earlier = reports_.front().mark;
  EXPECT_THAT(run(later).error().message, HasSubstr("one more is gone"));
}

}  // namespace
}  // namespace batchmill::data
