#include "rows/merge.h"

#include <algorithm>
#include <random>
#include <string>
#include <sys/mman.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "fakes/memory_files.h"

namespace batchmill::rows {
namespace {

using fakes::MemoryFiles;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string spool_path(SpoolId id) { return "/job/spool/" + std::to_string(id.value); }

class MergeTest : public ::testing::Test {
 protected:
  // A worker wrote these rows and they were committed.
  void commit(std::uint64_t mini_batch, std::uint32_t spool, const std::string& bytes,
              std::uint32_t rows = 1, ItemRange part = {}) {
    const std::string path = spool_path(SpoolId{spool});
    if (!files_.exists(path)) files_.put(path, "");
    AttemptRecord attempt;
    attempt.id.mini_batch.value = mini_batch;
    attempt.id.part = part;
    attempt.outcome.rows = {SpoolId{spool}, files_.content(path)->size(), bytes.size(), rows,
                            crc32(bytes)};
    ASSERT_TRUE(files_.append(path, bytes));
    ASSERT_TRUE(index_.add(attempt));
  }
  // Rows of a superseded attempt: they lie in the spool, but nothing names them.
  void waste(std::uint32_t spool, const std::string& bytes) {
    ASSERT_TRUE(files_.append(spool_path(SpoolId{spool}), bytes));
  }
  Result<MergeTotals> merge(bool header = false) {
    return merge_rows(files_, files_, index_, spool_path, {"/out/rows.txt", "job_step", header},
                      [this](std::uint64_t done, std::uint64_t total) {
                        reports_.emplace_back(done, total);
                        return !cancel_;
                      });
  }
  std::string merged() const { return files_.content("/out/rows.txt").value_or("(no file)"); }
  std::vector<std::string> in_out() const {
    std::vector<std::string> names;
    const auto entries = files_.list("/out").value_or(std::vector<FolderEntry>());
    for (const auto& entry : entries) names.push_back(entry.name);
    return names;
  }

  MemoryFiles files_;
  ExtentIndex index_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> reports_;
  bool cancel_ = false;
};

TEST_F(MergeTest, WritesRowsInMiniBatchOrder) {
  commit(2, 0, "two\n");
  waste(0, "superseded\n");
  commit(0, 0, "zero\n");
  commit(1, 1, "one\nand a half\n", 2);
  commit(3, 1, "", 0);
  const auto totals = merge();
  ASSERT_TRUE(totals) << totals.error().message;
  EXPECT_EQ(merged(), "zero\none\nand a half\ntwo\n");
  EXPECT_EQ(totals->rows, 4U);
  EXPECT_EQ(totals->bytes, merged().size());
  EXPECT_TRUE(files_.is_synced("/out/rows.txt"));
  EXPECT_THAT(in_out(), ElementsAre("rows.txt"));
  EXPECT_EQ(reports_.back(), std::pair(index_.bytes(), index_.bytes()));
}

TEST_F(MergeTest, NoRowsGiveAnEmptyFile) {
  ASSERT_TRUE(merge(true));
  EXPECT_EQ(merged(), "");
}

TEST_F(MergeTest, ReplacesAnOlderFile) {
  files_.put("/out/rows.txt", "of an earlier job, and much longer");
  commit(0, 0, "new\n");
  ASSERT_TRUE(merge());
  EXPECT_EQ(merged(), "new\n");
}

TEST_F(MergeTest, PutsTheFirstHeaderFirst) {
  commit(1, 0, "b 2\n");
  commit(0, 2, "a 1\n");
  commit(2, 1, "c 3\n");
  files_.put("/job/spool/1.header", "late header\n");
  files_.put("/job/spool/0.header", "name number");
  ASSERT_TRUE(merge(true));
  EXPECT_EQ(merged(), "name number\na 1\nb 2\nc 3\n");
  ASSERT_TRUE(merge(false));
  EXPECT_EQ(merged(), "a 1\nb 2\nc 3\n");
}

TEST_F(MergeTest, ALeftoverOfACrashIsReplacedOrRemoved) {
  const std::string leftover = merge_temporary("/out/rows.txt", "job_step");
  EXPECT_THAT(leftover, AllOf(HasSubstr("/out/.temp_"), HasSubstr("_rows.txt")));
  files_.put(leftover, std::string(100, 'x'));
  commit(0, 0, "row\n");
  ASSERT_TRUE(merge());
  EXPECT_EQ(merged(), "row\n");
  EXPECT_THAT(in_out(), ElementsAre("rows.txt"));

  files_.put(leftover, "x");
  ASSERT_TRUE(remove_merge_leftover(files_, "/out/rows.txt", "job_step"));
  ASSERT_TRUE(remove_merge_leftover(files_, "/out/rows.txt", "job_step"));
  EXPECT_THAT(in_out(), ElementsAre("rows.txt"));
}

TEST_F(MergeTest, TemporaryNamesFitTheFileSystemAndDifferByOwner) {
  const std::string longest = "/out/" + std::string(255, 'n');
  const std::string temporary = merge_temporary(longest, "a");
  EXPECT_LE(temporary.size() - std::string("/out/").size(), 255U);
  EXPECT_NE(temporary, merge_temporary(longest, "b"));
  EXPECT_NE(temporary, merge_temporary("/out/" + std::string(254, 'n'), "a"));
}

TEST_F(MergeTest, DamagedRowsNameTheSpoolAndMakeNoFile) {
  commit(0, 0, "good\n");
  commit(7, 3, "good too\n");
  files_.put("/job/spool/3", "bad! too\n");
  const auto result = merge();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::kProtocol);
  EXPECT_THAT(result.error().message, AllOf(HasSubstr("/job/spool/3"), HasSubstr("mini-batch 7")));
  EXPECT_THAT(in_out(), ElementsAre());
}

TEST_F(MergeTest, ATruncatedSpoolIsNamed) {
  commit(0, 0, std::string(10000, 'x'));
  files_.put("/job/spool/0", std::string(9999, 'x'));
  const auto result = merge();
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message,
              AllOf(HasSubstr("/job/spool/0"), HasSubstr("behind its end")));
}

TEST_F(MergeTest, AMissingSpoolIsNamed) {
  commit(0, 0, "x\n");
  ASSERT_TRUE(files_.remove("/job/spool/0"));
  const auto result = merge();
  EXPECT_EQ(result.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(result.error().message, HasSubstr("/job/spool/0"));
}

TEST_F(MergeTest, AFullDiskLeavesNothingBehind) {
  commit(0, 0, "x\n");
  const std::string temporary = merge_temporary("/out/rows.txt", "job_step");
  files_.put(temporary, "");
  files_.fail_on(temporary, Error{ErrorKind::kDiskFull, temporary + ": No space left on device"});
  EXPECT_EQ(merge().error().kind, ErrorKind::kDiskFull);
  EXPECT_EQ(merged(), "(no file)");
}

TEST_F(MergeTest, EndsWhenCanceled) {
  commit(0, 0, std::string(20 << 20, 'x'));
  cancel_ = true;
  EXPECT_EQ(merge().error().kind, ErrorKind::kCanceled);
  EXPECT_THAT(in_out(), ElementsAre());
}

TEST_F(MergeTest, GathersShortRangesAndCopiesLongOnes) {
  for (std::uint64_t i = 0; i < 1000; ++i) commit(i, i % 2, std::to_string(i) + "\n");
  ASSERT_TRUE(merge());
  EXPECT_EQ(files_.copies(), 0U);
  EXPECT_EQ(files_.writes(), 1U);
}

TEST_F(MergeTest, CopiesALongRunOfShortNeighboursAtOnce) {
  for (std::uint64_t i = 0; i < 1000; ++i) commit(i, 0, "0123456789\n");
  ASSERT_TRUE(merge());
  EXPECT_EQ(files_.copies(), 1U);
  EXPECT_EQ(files_.writes(), 0U);
}

TEST_F(MergeTest, IsTheConcatenationForRandomExtents) {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    files_ = MemoryFiles();
    index_ = ExtentIndex();
    const std::uint64_t mini_batches = 1 + random() % 200;
    std::vector<std::string> expected(mini_batches);
    std::vector<std::uint64_t> order(mini_batches);
    for (std::uint64_t i = 0; i < mini_batches; ++i) order[i] = i;
    // Mostly in order, as workers go.
    for (std::uint64_t i = 0; i + 1 < mini_batches; ++i) {
      if (random() % 3 == 0) std::swap(order[i], order[i + 1]);
    }
    for (const std::uint64_t i : order) {
      if (random() % 10 == 0) continue;  // finally failed: no rows
      const std::uint32_t spool = random() % 3;
      if (random() % 8 == 0) waste(spool, "superseded");
      const std::size_t length = random() % 4 == 0 ? random() % 10000 : random() % 50;
      expected[i] = std::string(length, static_cast<char>('a' + i % 26));
      commit(i, spool, expected[i]);
    }
    std::string whole;
    for (const auto& part : expected) whole += part;
    const auto result = merge();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(merged(), whole);
  }
}

// Every mini-batch is whole, or was cut at random places and committed part by part in any order.
TEST_F(MergeTest, IsTheConcatenationForRandomParts) {
  struct Piece {
    std::uint64_t mini_batch;
    ItemRange part;
    std::string bytes;
  };
  for (unsigned seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    files_ = MemoryFiles();
    index_ = ExtentIndex();
    std::vector<Piece> pieces;
    std::string whole;
    const std::uint64_t mini_batches = 1 + random() % 60;
    for (std::uint64_t id = 0; id < mini_batches; ++id) {
      const std::uint32_t items = 1 + random() % 12;
      std::uint32_t first = 0;
      const bool is_cut = items > 1 && random() % 3 == 0;
      while (first < items) {
        const std::uint32_t count = is_cut ? 1 + random() % (items - first) : items;
        const bool failed = random() % 8 == 0;
        std::string bytes;
        for (std::uint32_t item = first; item < first + count; ++item) {
          bytes += std::to_string(id) + " " + std::to_string(item) + "\n";
        }
        if (random() % 10 == 0) bytes.resize(bytes.size() + random() % 8000, '.');
        if (!failed) {
          whole += bytes;
          pieces.push_back({id, is_cut ? ItemRange{first, count} : ItemRange{}, bytes});
        }
        first += count;
      }
    }
    std::shuffle(pieces.begin(), pieces.end(), random);
    for (const Piece& piece : pieces) {
      const std::uint32_t spool = random() % 4;
      if (random() % 8 == 0) waste(spool, "superseded");
      commit(piece.mini_batch, spool, piece.bytes, 1, piece.part);
    }
    const auto result = merge();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(merged(), whole);
    EXPECT_EQ(result->rows, pieces.size());
  }
}

// Five gigabytes of nothing, in which single places were written; costs only the pages touched.
class HugeSpool final : public ReadableFile {
 public:
  static constexpr std::size_t kSize = std::size_t{5} << 30;
  HugeSpool()
      : memory_(static_cast<char*>(mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))) {}
  ~HugeSpool() override { munmap(memory_, kSize); }
  HugeSpool(const HugeSpool&) = delete;
  HugeSpool& operator=(const HugeSpool&) = delete;
  void put(std::uint64_t offset, const std::string& bytes) {
    std::copy(bytes.begin(), bytes.end(), memory_ + offset);
  }
  const std::string& path() const override { return path_; }
  std::uint64_t size() const override { return kSize; }
  Result<std::size_t> read_at(std::uint64_t offset, char* buffer,
                              std::size_t length) const override {
    std::copy_n(memory_ + offset, length, buffer);
    return length;
  }
  Result<std::string_view> map() const override { return std::string_view(memory_, kSize); }

 private:
  std::string path_ = "/job/spool/0";
  char* memory_;
};

class OneHugeSpool final : public MemoryFiles {
 public:
  explicit OneHugeSpool(std::unique_ptr<HugeSpool> spool) : spool_(std::move(spool)) {}
  Result<std::unique_ptr<ReadableFile>> open(const std::string&) const override {
    return std::unique_ptr<ReadableFile>(std::move(spool_));
  }

 private:
  mutable std::unique_ptr<HugeSpool> spool_;
};

TEST(Merge, Spec6RowsBehindTheFirst4GigabytesOfASpool) {
  const std::uint64_t far = (std::uint64_t{4} << 30) + 12'345;
  const std::string brief = "behind 4 GiB\n";
  const std::string large(100'000, 'y');
  auto spool = std::make_unique<HugeSpool>();
  spool->put(far, brief);
  spool->put(far + 1'000'000, large);
  OneHugeSpool files(std::move(spool));
  ExtentIndex index;
  AttemptRecord record;
  record.outcome.rows = {SpoolId{0}, far + 1'000'000, large.size(), 1, crc32(large)};
  ASSERT_TRUE(index.add(record));
  record.id.mini_batch.value = 1;
  record.outcome.rows = {SpoolId{0}, far, brief.size(), 1, crc32(brief)};
  ASSERT_TRUE(index.add(record));
  const auto totals =
      merge_rows(files, files, index, spool_path, {"/out/rows.txt", "job_step", false},
                 [](std::uint64_t, std::uint64_t) { return true; });
  ASSERT_TRUE(totals) << totals.error().message;
  EXPECT_TRUE(files.content("/out/rows.txt") == large + brief);
}

TEST_F(MergeTest, Spec6RowsOf64MegabytesComeThrough) {
  const std::string row(std::size_t{64} << 20, 'x');
  const std::string expected = row + "\nshort\n" + row + "\n";
  commit(0, 0, row + "\n");
  commit(2, 0, row + "\n");
  commit(1, 1, "short\n");
  const auto totals = merge();
  ASSERT_TRUE(totals) << totals.error().message;
  EXPECT_TRUE(merged() == expected);
  EXPECT_EQ(totals->bytes, expected.size());
}

TEST(SpoolSet, ClosesTheOneUsedLongestAgo) {
  MemoryFiles files;
  for (std::uint32_t i = 0; i < 10; ++i) files.put(spool_path(SpoolId{i}), std::to_string(i));
  SpoolSet spools(files, spool_path, 3);
  std::mt19937 random(1);
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t id = random() % 10;
    const auto spool = spools.get(SpoolId{id});
    ASSERT_TRUE(spool);
    EXPECT_EQ((*spool)->bytes, std::to_string(id));
  }
}

}  // namespace
}  // namespace batchmill::rows
