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

class FilePlanTest : public PlanRig {
 protected:
  void put_files(int count) {
    for (int i = 0; i < count; ++i) files_.put("/in/" + std::to_string(100000 + i), "");
  }
  static PlanRequest request(std::uint64_t size) {
    PlanRequest request = of_input();
    request.mini_batch_size = size;
    return request;
  }
  std::vector<std::string> paths() const {
    const ManifestReader reader = planned();
    std::vector<std::string> paths;
    for (std::uint64_t i = 0; i < reader.records(); ++i) paths.emplace_back(reader.path(i));
    return paths;
  }
};

TEST_F(FilePlanTest, Spec4_2CutsByCountWhateverTheSizes) {
  const struct {
    int files;
    std::uint64_t size, mini_batches;
  } cases[] = {{1, 1, 1}, {10, 1, 10}, {10, 3, 4}, {10, 10, 1}, {10, 100, 1}, {9, 3, 3}};
  for (const auto& c : cases) {
    files_ = MemoryFiles();
    put_files(c.files);
    const auto result = run(request(c.size));
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->total.mark.mini_batches, c.mini_batches);
    EXPECT_EQ(result->total.items, static_cast<std::uint64_t>(c.files));
    EXPECT_TRUE(result->total.items_known);
    EXPECT_TRUE(result->total.mark.complete);
  }
}

TEST_F(FilePlanTest, Spec4_2SkipsNothingAndSortsByRelativePath) {
  for (const char* path : {"b/1", "a/2", "a-1", ".hidden", "_x/y", "B", "empty"}) {
    files_.put("/in/" + std::string(path), "");
  }
  ASSERT_TRUE(run(request(1)));
  EXPECT_THAT(paths(), ElementsAre(".hidden", "B", "_x/y", "a-1", "a/2", "b/1", "empty"));
}

TEST_F(FilePlanTest, Spec4_1OneInputIsFinishedBeforeTheNext) {
  for (const char* path : {"/in/z/1", "/in/z/2", "/in/a/1"}) files_.put(path, "");
  PlanRequest two = request(1);
  two.sources = {folder_source("/in/z"), folder_source("/in/a")};
  ASSERT_TRUE(run(two));
  EXPECT_THAT(paths(), ElementsAre("z/1", "z/2", "a/1"));
}

TEST_F(FilePlanTest, ReportsWhileListing) {
  put_files(5000);
  ASSERT_TRUE(run(request(1)));
  ASSERT_GT(reports_.size(), 2U);
  for (std::size_t i = 1; i < reports_.size(); ++i) {
    EXPECT_GE(reports_[i].mark.mini_batches, reports_[i - 1].mark.mini_batches);
  }
  EXPECT_LT(reports_.front().mark.mini_batches, 5000U);
  EXPECT_FALSE(reports_.front().mark.complete);
  EXPECT_TRUE(reports_.back().mark.complete);
  EXPECT_EQ(reports_.back().mark.mini_batches, 5000U);
}

TEST_F(FilePlanTest, EndsWhenCanceled) {
  put_files(5000);
  cancel_ = true;
  EXPECT_EQ(run(request(1)).error().kind, ErrorKind::kCanceled);
  EXPECT_EQ(reports_.size(), 1U);
}

TEST_F(FilePlanTest, AnEmptyInputIsNamed) {
  const auto result = run(request(5));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(result.error().message, "input 'data' is empty: /in holds no files");
}

TEST_F(FilePlanTest, AnEmptyInputMayBeAllowed) {
  PlanRequest allowed = request(5);
  allowed.allow_empty = true;
  const auto result = run(allowed);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->total.mark.mini_batches, 0U);
  EXPECT_TRUE(result->total.mark.complete);
}

TEST_F(FilePlanTest, AMissingFolderIsNamed) {
  PlanRequest missing = request(5);
  missing.sources = {folder_source("/gone")};
  const auto result = run(missing);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(result.error().message, HasSubstr("/gone"));
}

TEST_F(FilePlanTest, Spec4_1AUriFileIsAListOfOneFile) {
  files_.put("/in/only.csv", "x");
  PlanRequest one = request(10);
  one.sources = {file_source("/in/only.csv")};
  ASSERT_TRUE(run(one));
  const ManifestReader reader = planned();
  EXPECT_EQ(reader.header().root, "/in");
  EXPECT_EQ(reader.record(0), "only.csv");
}

TEST_F(FilePlanTest, ALaterLifeTakesTheCompletePlanAsItIs) {
  put_files(10);
  const PlanMark mark = run(request(3))->total.mark;
  ASSERT_TRUE(files_.remove_tree("/in"));  // not listed again
  PlanRequest again = request(3);
  again.earlier = mark;
  const auto result = run(again);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->total.mark.hash, mark.hash);
  EXPECT_EQ(result->total.items, 10U);

  files_.put("/m/manifest.dat", "damaged");
  EXPECT_EQ(run(again).error().kind, ErrorKind::kProtocol);
}

TEST_F(FilePlanTest, LivesThatEndAnywhereGiveTheSamePlan) {
  put_files(3000);
  const PlanMark whole = run(request(7))->total.mark;
  const std::string data = *files_.content("/m/manifest.dat");
  for (const PlanProgress& report : std::vector<PlanProgress>(reports_)) {
    if (report.mark.complete) continue;
    PlanRequest later = request(7);
    later.earlier = report.mark;
    const auto result = run(later);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->total.mark.hash, whole.hash);
    EXPECT_EQ(*files_.content("/m/manifest.dat"), data);
  }
}

TEST_F(FilePlanTest, AFileThatCameBetweenFailsByName) {
  put_files(3000);
  ASSERT_TRUE(run(request(1)));
  PlanRequest later = request(1);
  later.earlier = reports_.front().mark;
  files_.put("/in/000", "");
  const auto result = run(later);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("item 0 was '100000' and is now '000'"));
}

}  // namespace
}  // namespace batchmill::data
