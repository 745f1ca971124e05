#include "data/file_walk.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/memory_files.h"

namespace batchmill::data {
namespace {

using fakes::MemoryFiles;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

struct Walked {
  std::vector<std::string> paths;
  WalkSummary summary;
};

Walked walk(const MemoryFiles& files, const std::string& root,
            const FolderFilter& enter = nullptr) {
  Walked walked;
  auto summary = walk_files(
      files, root,
      [&](std::string_view path) -> Result<void> {
        walked.paths.emplace_back(path);
        return {};
      },
      enter);
  EXPECT_TRUE(summary) << summary.error().message;
  if (summary) walked.summary = *summary;
  return walked;
}

TEST(FileWalk, FoldersAreComparedAsNameAndSlash) {
  MemoryFiles files;
  for (const char* name :
       {"a/z", "a.txt", "a0", "a-b", "b", "a/b/c", "a/b.c", "\xc3\xa4", "Z", ".hidden"}) {
    files.put(std::string("/in/") + name, "");
  }
  EXPECT_THAT(walk(files, "/in").paths, ElementsAre(".hidden", "Z", "a-b", "a.txt", "a/b.c",
                                                    "a/b/c", "a/z", "a0", "b", "\xc3\xa4"));
}

TEST(FileWalk, IsTheByteOrderOfPathsForRandomTrees) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    MemoryFiles files(seed);
    files.put_folder("/in");
    const std::string letters = "ab./-0\xff~";
    std::vector<std::string> expected;
    for (int i = 0; i < 60; ++i) {
      std::string path;
      const unsigned length = 1 + random() % 24;
      for (unsigned k = 0; k < length; ++k) path += letters[random() % letters.size()];
      // Only paths that can exist beside the others: no empty, "." or ".." part, no file that is
      // also a folder.
      const std::string full = "/in/" + path;
      const std::string around = "/" + path + "/";
      if (around.find("//") != std::string::npos || around.find("/./") != std::string::npos ||
          around.find("/../") != std::string::npos || files.exists(full)) {
        continue;
      }
      bool below_file = false;
      for (const std::string& other : expected)
        below_file = below_file || path.starts_with(other + "/");
      if (below_file) continue;
      files.put(full, "");
      expected.push_back(path);
    }
    std::sort(expected.begin(), expected.end(), [](const std::string& a, const std::string& b) {
      return std::lexicographical_compare(
          a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
            return static_cast<unsigned char>(x) < static_cast<unsigned char>(y);
          });
    });
    EXPECT_THAT(walk(files, "/in").paths, ElementsAreArray(expected));
  }
}

TEST(FileWalk, SortsLongCommonPrefixes) {
  MemoryFiles files;
  std::vector<std::string> expected;
  for (int i = 0; i < 500; ++i) {
    expected.push_back("image_of_the_year_2024_number_" + std::to_string(100000 + i * 7) + ".png");
    files.put("/in/" + expected.back(), "");
  }
  EXPECT_THAT(walk(files, "/in").paths, ElementsAreArray(expected));
}

TEST(FileWalk, FollowsLinksToFilesAndFolders) {
  MemoryFiles files;
  files.put("/data/x/1", "");
  files.put("/in/0", "");
  files.put_link("/in/dir", "/data/x");
  files.put_link("/in/file", "/data/x/1");
  files.put_link("/in/broken", "/gone");
  EXPECT_THAT(walk(files, "/in").paths, ElementsAre("0", "broken", "dir/1", "file"));
}

TEST(FileWalk, EntersNoFolderWithinItself) {
  MemoryFiles files;
  files.put("/in/a/1", "");
  files.put_link("/in/a/up", "/in");
  const Walked direct = walk(files, "/in");
  EXPECT_THAT(direct.paths, ElementsAre("a/1"));
  EXPECT_EQ(direct.summary.cycles, 1U);
  EXPECT_EQ(direct.summary.first_cycle, "a/up");

  // Here the link leads above the root; the root is met again as an ordinary folder below it.
  MemoryFiles around;
  around.put("/top/in/1", "");
  around.put_link("/top/in/up", "/top");
  const Walked indirect = walk(around, "/top/in");
  EXPECT_THAT(indirect.paths, ElementsAre("1"));
  EXPECT_EQ(indirect.summary.first_cycle, "up/in");
}

TEST(FileWalk, LeavesOutSpecialFilesAndCountsThem) {
  MemoryFiles files;
  files.put("/in/1", "");
  files.put_special("/in/pipe");
  const Walked walked = walk(files, "/in");
  EXPECT_THAT(walked.paths, ElementsAre("1"));
  EXPECT_EQ(walked.summary.specials, 1U);
}

TEST(FileWalk, BeginsBeforeListingEnds) {
  MemoryFiles files;
  files.put("/in/a/1", "");
  files.put("/in/b/1", "");
  files.fail_on("/in/b", Error{ErrorKind::kPermission, "/in/b: Permission denied"});
  std::vector<std::string> seen;
  const auto result = walk_files(files, "/in", [&](std::string_view path) -> Result<void> {
    seen.emplace_back(path);
    return {};
  });
  EXPECT_THAT(seen, ElementsAre("a/1"));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("/in/b"));
}

TEST(FileWalk, EndsWhenTheVisitorFails) {
  MemoryFiles files;
  for (const char* name : {"1", "2", "3"}) files.put(std::string("/in/") + name, "");
  int seen = 0;
  const auto result = walk_files(files, "/in", [&](std::string_view) -> Result<void> {
    if (++seen == 2) return fail(ErrorKind::kCanceled, "enough");
    return {};
  });
  EXPECT_EQ(seen, 2);
  EXPECT_EQ(result.error().kind, ErrorKind::kCanceled);
}

TEST(FileWalk, LeavesOutFilteredFolders) {
  MemoryFiles files;
  files.put("/in/keep/1", "");
  files.put("/in/skip/1", "");
  EXPECT_THAT(walk(files, "/in", [](std::string_view path) { return path != "skip"; }).paths,
              ElementsAre("keep/1"));
}

TEST(FileWalk, MissingRootIsNamed) {
  MemoryFiles files;
  const auto result =
      walk_files(files, "/gone", [](std::string_view) -> Result<void> { return {}; });
  EXPECT_EQ(result.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(result.error().message, HasSubstr("/gone"));
}

}  // namespace
}  // namespace batchmill::data
