#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/manifest_reader.h"
#include "data/manifest_writer.h"
#include "fakes/memory_files.h"

namespace batchmill::data {
namespace {

using fakes::MemoryFiles;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const ManifestHeader kThrees{ManifestKind::kFiles, "/in", 3};

Result<PlanMark> write(MemoryFiles& files, const std::vector<std::string>& paths,
                       const PlanMark& earlier = {}, bool finish = true) {
  BM_ASSIGN(auto writer, ManifestWriter::open(files, files, "/m", kThrees, earlier));
  for (const auto& path : paths) BM_TRY(writer.add_file(path));
  if (finish) BM_TRY(writer.finish());
  BM_TRY(writer.sync());
  return writer.mark();
}

std::vector<std::string> records(const MemoryFiles& files) {
  const auto reader = ManifestReader::open(files, files, "/m");
  EXPECT_TRUE(reader) << reader.error().message;
  std::vector<std::string> result;
  for (std::uint64_t i = 0; reader && i < reader->records(); ++i)
    result.emplace_back(reader->record(i));
  return result;
}

TEST(Manifest, HasTheDocumentedLayout) {
  MemoryFiles files;
  ASSERT_TRUE(write(files, {"a", "bc"}));
  EXPECT_EQ(*files.content("/m/manifest.dat"), "abc");
  EXPECT_EQ(*files.content("/m/manifest.idx"), std::string("\1\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0", 16));
  EXPECT_EQ(*files.content("/m/manifest.json"),
            "{\"version\":1,\"kind\":\"files\",\"root\":\"/in\",\"per_mini_batch\":3}\n");
  EXPECT_TRUE(files.is_synced("/m/manifest.dat"));
  EXPECT_TRUE(files.is_synced("/m/manifest.idx"));
}

TEST(Manifest, CutsMiniBatchesByCount) {
  MemoryFiles files;
  const PlanMark mark = *write(files, {"1", "2", "3", "4"});
  EXPECT_EQ(mark.records, 4U);
  EXPECT_EQ(mark.mini_batches, 2U);
  EXPECT_TRUE(mark.complete);
  const auto reader = *ManifestReader::open(files, files, "/m");
  EXPECT_EQ(reader.mini_batches(), 2U);
  EXPECT_EQ(reader.range(0), std::pair(std::uint64_t{0}, std::uint64_t{3}));
  EXPECT_EQ(reader.range(1), std::pair(std::uint64_t{3}, std::uint64_t{4}));
}

TEST(Manifest, CountsOnlyFullMiniBatchesUntilItIsFinished) {
  MemoryFiles files;
  const PlanMark mark = *write(files, {"1", "2", "3", "4"}, {}, false);
  EXPECT_EQ(mark.mini_batches, 1U);
  EXPECT_FALSE(mark.complete);
}

TEST(Manifest, SlicesComeBack) {
  MemoryFiles files;
  auto writer = *ManifestWriter::open(files, files, "/m", {ManifestKind::kSlices, "/in", 1}, {});
  ASSERT_TRUE(writer.add_slice({10, 5'000'000'000, 2, "a/b.csv"}));
  ASSERT_TRUE(writer.finish());
  const auto reader = *ManifestReader::open(files, files, "/m");
  const SliceRecord slice = reader.slice(0);
  EXPECT_EQ(slice.begin, 10U);
  EXPECT_EQ(slice.end, 5'000'000'000U);
  EXPECT_EQ(slice.first_line, 2U);
  EXPECT_EQ(slice.path, "a/b.csv");
}

TEST(Manifest, RestartContinuesAsIfNothingHadHappened) {
  const std::vector<std::string> all{"a", "b", "c", "d", "e", "f", "g"};
  MemoryFiles whole;
  const PlanMark expected = *write(whole, all);
  for (std::size_t kept = 0; kept <= all.size(); ++kept) {
    SCOPED_TRACE(kept);
    MemoryFiles files;
    const PlanMark earlier =
        *write(files, {all.begin(), all.begin() + static_cast<long>(kept)}, {}, false);
    // What was written behind the mark, torn or whole, is cut off.
    ASSERT_TRUE(files.append("/m/manifest.dat", "torn"));
    ASSERT_TRUE(files.append("/m/manifest.idx", "\xff\xff\xff\xff\xff"));
    const auto mark = write(files, all, earlier);
    ASSERT_TRUE(mark) << mark.error().message;
    EXPECT_EQ(mark->hash, expected.hash);
    EXPECT_EQ(records(files), all);
  }
}

TEST(Manifest, RestartToleratesIndexEntriesWithoutData) {
  MemoryFiles files;
  const PlanMark earlier = *write(files, {"a", "b"}, {}, false);
  ASSERT_TRUE(files.append("/m/manifest.idx", std::string("\xff\0\0\0\0\0\0\0", 8)));
  EXPECT_TRUE(write(files, {"a", "b", "c"}, earlier));
  EXPECT_THAT(records(files), ElementsAre("a", "b", "c"));
}

TEST(Manifest, RestartNamesTheFirstRecordThatDiffers) {
  const struct {
    std::vector<std::string> now;
    std::string expected;
  } cases[] = {
      {{"a", "x", "c"}, "item 1 was 'b' and is now 'x'"},
      {{"a", "c"}, "item 1 was 'b' and is now 'c'"},
      {{"a"}, "'b' is gone"},
  };
  for (const auto& c : cases) {
    MemoryFiles files;
    const PlanMark earlier = *write(files, {"a", "b", "c"}, {}, false);
    const auto result = write(files, c.now, earlier);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(result.error().message, HasSubstr(c.expected));
  }
}

TEST(Manifest, RestartRefusesADamagedManifest) {
  MemoryFiles files;
  const PlanMark earlier = *write(files, {"a", "b", "c"}, {}, false);
  files.put("/m/manifest.dat", "aXc");
  EXPECT_EQ(write(files, {"a", "b", "c"}, earlier).error().kind, ErrorKind::kProtocol);
  files.put("/m/manifest.dat", "ab");
  EXPECT_EQ(write(files, {"a", "b", "c"}, earlier).error().kind, ErrorKind::kProtocol);
}

TEST(Manifest, RestartRefusesOtherSettings) {
  MemoryFiles files;
  const PlanMark earlier = *write(files, {"a"}, {}, false);
  const auto result =
      ManifestWriter::open(files, files, "/m", {ManifestKind::kFiles, "/in", 4}, earlier);
  EXPECT_EQ(result.error().kind, ErrorKind::kInvalid);
}

TEST(Manifest, RefusesAnotherVersion) {
  MemoryFiles files;
  ASSERT_TRUE(write(files, {"a"}));
  files.put("/m/manifest.json", "{\"version\":2}");
  const auto reader = ManifestReader::open(files, files, "/m");
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().kind, ErrorKind::kProtocol);
  EXPECT_THAT(reader.error().message, HasSubstr("/m/manifest.json"));
}

TEST(Manifest, WriteErrorsComeThrough) {
  MemoryFiles files;
  auto writer = *ManifestWriter::open(files, files, "/m", kThrees, {});
  files.fail_on("/m/manifest.dat",
                Error{ErrorKind::kDiskFull, "/m/manifest.dat: No space left on device"});
  ASSERT_TRUE(writer.add_file("a"));
  EXPECT_EQ(writer.sync().error().kind, ErrorKind::kDiskFull);
}

}  // namespace
}  // namespace batchmill::data
