#include "engine/mini_batch_detail.h"

#include <gtest/gtest.h>

#include "data/manifest_writer.h"
#include "fakes/memory_files.h"

namespace batchmill::engine {
namespace {

using data::ManifestKind;

constexpr const char* kFolder = "/step/manifest";

class MiniBatchDetailsTest : public testing::Test {
 protected:
  // A manifest of 23 files, or of as many slices or runs of 10 rows.
  void plan(ManifestKind kind, std::uint64_t per_mini_batch) {
    auto writer =
        data::ManifestWriter::open(files_, files_, kFolder, {kind, "/in", per_mini_batch}, {});
    ASSERT_TRUE(writer) << writer.error().message;
    for (std::uint64_t i = 0; i < 23; ++i) {
      const std::string path = "day-" + std::to_string(i);
      if (kind == ManifestKind::kFiles) {
        ASSERT_TRUE(writer->add_file(path));
      }
      if (kind == ManifestKind::kSlices) {
        ASSERT_TRUE(writer->add_slice({100, 200, 0, path}));
      }
      if (kind == ManifestKind::kRows) {
        ASSERT_TRUE(writer->add_rows({0, 50, 10 * i, 10, path}));
      }
      if (kind == ManifestKind::kRanks) {
        ASSERT_TRUE(writer->add_rank());
      }
    }
    ASSERT_TRUE(writer->finish() && writer->sync());
    details_ = mini_batch_details(files_, files_, kFolder);
  }
  std::string text(std::uint64_t id, ItemRange part = {}) const {
    std::string json;
    details_.describe(MiniBatchId{id}, part, json);
    return json;
  }
  std::string name(std::uint64_t id, std::optional<std::uint32_t> position) const {
    std::string text;
    details_.name_item(MiniBatchId{id}, position, text);
    return text;
  }
  fakes::MemoryFiles files_;
  MiniBatchDetails details_;
};

TEST_F(MiniBatchDetailsTest, OfFiles) {
  plan(ManifestKind::kFiles, 5);
  EXPECT_EQ(text(0), R"({"files":["day-0","day-1","day-2","day-3","day-4"]})");
  EXPECT_EQ(text(4), R"({"files":["day-20","day-21","day-22"]})");
  EXPECT_EQ(text(1, {3, 2}), R"({"first_item":3,"items":2,"files":["day-8","day-9"]})");
  EXPECT_EQ(text(5), "");
  EXPECT_EQ(name(1, 3), "day-8");
  EXPECT_EQ(name(1, std::nullopt), "day-5 and 4 more");
  EXPECT_EQ(name(4, 3), "") << "the last mini-batch is short";
}

TEST_F(MiniBatchDetailsTest, OfManyFilesTheFirst20) {
  plan(ManifestKind::kFiles, 23);
  EXPECT_TRUE(text(0).ends_with(R"("day-19"],"count":23})")) << text(0);
}

TEST_F(MiniBatchDetailsTest, OfSlicesOfTables) {
  plan(ManifestKind::kSlices, 1);
  EXPECT_EQ(text(2, {7, 1}),
            R"({"first_item":7,"items":1,"slices":[{"file":"day-2","begin":100,"end":200}]})");
  EXPECT_EQ(name(2, 7), "day-2[100-200]:7");
  EXPECT_EQ(name(2, std::nullopt), "day-2[100-200]");
}

TEST_F(MiniBatchDetailsTest, OfSeveralSlicesNobodyKnowsWhereARowLies) {
  plan(ManifestKind::kSlices, 4);
  EXPECT_EQ(name(1, 7), "day-4[100-200] and 3 more");
}

TEST_F(MiniBatchDetailsTest, OfRowsOfTheWholeInput) {
  plan(ManifestKind::kRows, 1);
  EXPECT_EQ(text(2),
            R"({"slices":[{"file":"day-2","begin":0,"end":50,"first_row":20,"rows":10}]})");
  EXPECT_EQ(name(2, 7), "day-2:27");
}

TEST_F(MiniBatchDetailsTest, OfRanks) {
  plan(ManifestKind::kRanks, 1);
  EXPECT_EQ(text(3), R"({"rank":3})");
  EXPECT_EQ(name(3, std::nullopt), "rank 3");
}

TEST_F(MiniBatchDetailsTest, WithoutAManifestThereAreNone) {
  const MiniBatchDetails none = mini_batch_details(files_, files_, "/nowhere");
  EXPECT_FALSE(none.describe || none.name_item);
}

}  // namespace
}  // namespace batchmill::engine
