#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "data/plan_rig.h"

namespace batchmill::data {
namespace {

using fakes::MemoryFiles;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TablePlanTest : public PlanRig {
 protected:
  static PlanRequest request(std::uint64_t size,
                             HeaderRule rule = HeaderRule::kAllFilesSameHeaders) {
    PlanRequest request = of_input();
    request.mini_batch_size = size;
    request.table = TableFormat{};
    request.table->header = rule;
    return request;
  }
  // The text of each slice.
  std::vector<std::string> cut(std::uint64_t size,
                               HeaderRule rule = HeaderRule::kAllFilesSameHeaders) {
    const auto result = run(request(size, rule));
    EXPECT_TRUE(result) << result.error().message;
    if (!result) return {};
    warnings_ = result->warnings;
    const ManifestReader reader = planned();
    std::vector<std::string> texts;
    lines_.clear();
    for (std::uint64_t i = 0; i < reader.records(); ++i) {
      const SliceRecord slice = reader.slice(i);
      texts.push_back(text(slice.path, slice.begin, slice.end));
      lines_.push_back(slice.first_line);
    }
    return texts;
  }

  std::vector<std::string> warnings_;
  std::vector<std::uint64_t> lines_;  // first_line of each slice
};

TEST_F(TablePlanTest, Spec4_4ABlockHoldsTheRecordsThatBeginInIt) {
  files_.put("/in/a.csv", "h\n12\n45\n78\n");  // records begin at 0, 3 and 6 behind the header
  EXPECT_THAT(cut(1), ElementsAre("12\n", "45\n", "78\n"));
  EXPECT_THAT(cut(3), ElementsAre("12\n", "45\n", "78\n"));
  EXPECT_THAT(cut(4), ElementsAre("12\n45\n", "78\n"));
  EXPECT_THAT(cut(6), ElementsAre("12\n45\n", "78\n"));
  EXPECT_THAT(cut(7), ElementsAre("12\n45\n78\n"));
  EXPECT_THAT(cut(UINT64_MAX), ElementsAre("12\n45\n78\n"));
}

TEST_F(TablePlanTest, OnlyTheFirstSliceOfAFileHasALineNumber) {
  files_.put("/in/a.csv", "\n\nh\n1\n2\n");
  files_.put("/in/b.csv", "h\n\n\n3\n");
  EXPECT_THAT(cut(1), ElementsAre("1\n", "2\n", "3\n"));
  EXPECT_THAT(lines_, ElementsAre(4, 0, 4));
}

TEST_F(TablePlanTest, Spec4_4NeverCrossesFiles) {
  files_.put("/in/a.csv", "h\n1\n2\n");
  files_.put("/in/b.csv", "h\n3\n4\n");
  EXPECT_THAT(cut(1000), ElementsAre("1\n2\n", "3\n4\n"));
}

TEST_F(TablePlanTest, HeaderRules) {
  files_.put("/in/a.csv", "x,y\n1,2\n");
  files_.put("/in/b.csv", "x,y\n3,4\n");
  EXPECT_THAT(cut(1000), ElementsAre("1,2\n", "3,4\n"));
  EXPECT_THAT(cut(1000, HeaderRule::kFromFirstFile), ElementsAre("1,2\n", "x,y\n3,4\n"));
  EXPECT_THAT(cut(1000, HeaderRule::kNoHeader), ElementsAre("x,y\n1,2\n", "x,y\n3,4\n"));
}

TEST_F(TablePlanTest, TheFirstFileIsTheFirstWithALine) {
  files_.put("/in/a.csv", "");
  files_.put("/in/b.csv", "\r\n\n");
  files_.put("/in/c.csv", "x\n1\n");
  files_.put("/in/d.csv", "2\n3\n");
  EXPECT_THAT(cut(1000, HeaderRule::kFromFirstFile), ElementsAre("1\n", "2\n3\n"));
}

TEST_F(TablePlanTest, OddFiles) {
  const std::vector<OddFile> in_slices = {
      {"no final newline", "h\n1\n2", {"1\n", "2"}},
      {"CRLF", "h\r\n1\r\n2\r\n", {"1\r\n", "2\r\n"}},
      {"byte order mark", "\xef\xbb\xbfh\n1\n2\n", {"1\n", "2\n"}},
      {"byte order mark alone", "\xef\xbb\xbf", {}},
      {"header alone", "h\n", {}},
      {"header without newline", "h", {}},
      {"header and blank lines", "h\n\n\r\n", {}},
      {"blank lines between", "h\n\n1\n\n\r\n2\n\n", {"1\n\n\r\n", "2\n\n"}},
      {"blank line at the end without newline", "h\n1\n\r", {"1\n\r"}},
      {"long record",
       "h\n1\n" + std::string(5000, 'x') + "\n2\n",
       {"1\n", std::string(5000, 'x') + "\n", "2\n"}},
      {"quotes end with the line", "h\n\"1\n2\"\n", {"\"1\n", "2\"\n"}},
  };
  expect_pieces(in_slices, "h\n", [this] { return cut(2); });
}

TEST_F(TablePlanTest, AnInputWithoutRowsIsEmpty) {
  files_.put("/in/a.csv", "h\n");
  const auto result = run(request(100));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "input 'data' is empty: /in holds no rows");
}

TEST_F(TablePlanTest, RowsAreNotCounted) {
  files_.put("/in/a.csv", "h\n1\n");
  const auto result = run(request(100));
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->total.items_known);
}

TEST_F(TablePlanTest, WarnsAboutHeadersThatDiffer) {
  files_.put("/in/a.csv", "x,y\n1,2\n");
  files_.put("/in/b.csv", "x,y\r\n1,2\n");
  cut(100);
  EXPECT_THAT(warnings_, IsEmpty());
  files_.put("/in/c.csv", "y,x\n1,2\n");
  files_.put("/in/d.csv", "z\n1,2\n");
  cut(100);
  EXPECT_THAT(
      warnings_,
      ElementsAre("the header line of 'c.csv' and of 1 more files differs from that of 'a.csv', "
                  "whose names are used for all files"));
}

TEST_F(TablePlanTest, ReadsOnlyAroundTheCuts) {
  std::string text = "h\n";
  while (text.size() < (std::size_t{8} << 20)) text.append(99, 'x').append("\n");
  files_.put("/in/a.csv", text);
  EXPECT_EQ(cut(std::uint64_t{1} << 20).size(), 8U);
  const std::uint64_t before = files_.bytes_read();
  ASSERT_TRUE(run(request(std::uint64_t{1} << 20)));
  EXPECT_LT(files_.bytes_read() - before, std::uint64_t{32} << 10);
}

// Cuts by looking at every line.
std::vector<std::string> cut_slowly(const std::string& text, std::uint64_t size, bool header) {
  std::size_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  const auto line_end = [&](std::size_t from) {
    const auto found = text.find('\n', from);
    return found == std::string::npos ? text.size() : found + 1;
  };
  const auto is_blank = [&](std::size_t from, std::size_t to) {
    const std::string line = text.substr(from, to - from);
    return line == "\n" || line == "\r\n" || line == "\r";
  };
  std::size_t base = at;
  std::vector<std::string> slices;
  std::uint64_t last_block = 0;
  bool header_left = header;
  while (at < text.size()) {
    const std::size_t end = line_end(at);
    const std::string line = text.substr(at, end - at);
    if (is_blank(at, end)) {
      if (!slices.empty()) slices.back() += line;
    } else if (header_left) {
      header_left = false;
      base = end;
    } else {
      const std::uint64_t block = (at - base) / size;
      if (slices.empty() || block != last_block) slices.emplace_back();
      last_block = block;
      slices.back() += line;
    }
    at = end;
  }
  return slices;
}

TEST_F(TablePlanTest, EqualsCuttingLineByLine) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::string text = random() % 5 == 0 ? "\xef\xbb\xbf" : "";
    const unsigned lines = random() % 60;
    const unsigned longest = 1 + random() % (random() % 10 == 0 ? 5000 : 30);
    for (unsigned i = 0; i < lines; ++i) {
      const unsigned length = random() % longest;
      for (unsigned k = 0; k < length; ++k) text += "ab,\" \r"[random() % 6];
      const bool last = i + 1 == lines;
      if (!last || random() % 2 == 0) text += random() % 3 == 0 ? "\r\n" : "\n";
    }
    const std::uint64_t sizes[] = {1, 2, 7, 64, 1000, 70000};
    const std::uint64_t size = sizes[random() % 6];
    const bool header = random() % 2 == 0;
    files_ = MemoryFiles(seed);
    files_.put("/in/a.csv", text);
    files_.put("/in/b.csv", "h\nlast\n");
    auto expected = cut_slowly(text, size, header);
    for (const auto& slice : cut_slowly("h\nlast\n", size, header)) expected.push_back(slice);
    const auto slices =
        cut(size, header ? HeaderRule::kAllFilesSameHeaders : HeaderRule::kNoHeader);
    EXPECT_THAT(slices, ElementsAreArray(expected));
  }
}

TEST_F(TablePlanTest, ARestartFindsTheSameCuts) {
  std::string text = "h\n";
  for (int i = 0; i < 5000; ++i) text += std::to_string(i) + "\n";
  files_.put("/in/a.csv", text);
  ASSERT_TRUE(run(request(10)));
  ASSERT_FALSE(reports_.front().mark.complete);
  const std::string data = *files_.content("/m/manifest.dat");
  PlanRequest later = request(10);
  later.earlier = reports_.front().mark;
  const auto again = run(later);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*files_.content("/m/manifest.dat"), data);

  files_.put("/in/a.csv", "h\nlonger than before\n" + text);
  EXPECT_THAT(run(later).error().message,
              HasSubstr("the input changed since it was planned: item 0"));
}

}  // namespace
}  // namespace batchmill::data
