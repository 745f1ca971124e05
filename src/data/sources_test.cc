#include "data/sources.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/memory_files.h"

namespace batchmill::data {
namespace {

using fakes::MemoryFiles;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> visited(const MemoryFiles& files, const std::vector<Source>& sources) {
  std::vector<std::string> paths;
  const auto result =
      visit_sources(files, sources, [&](std::string_view path, std::size_t) -> Result<void> {
        paths.emplace_back(path);
        return {};
      });
  EXPECT_TRUE(result) << result.error().message;
  return paths;
}

Source pattern_source(const std::string& folder, const std::string& glob) {
  return Source{SourceKind::kPattern, folder, glob, false, ""};
}

TEST(Sources, ComeInTheOrderOfTheListRelativeToTheCommonFolder) {
  MemoryFiles files;
  for (const char* path : {"/d/b/2", "/d/b/1", "/d/a/9", "/d/c.csv"}) files.put(path, "");
  const std::vector<Source> sources{folder_source("/d/b"), file_source("/d/c.csv"),
                                    folder_source("/d/a/"), file_source("/d/b/1")};
  EXPECT_EQ(common_folder(sources), "/d");
  EXPECT_THAT(visited(files, sources), ElementsAre("b/1", "b/2", "c.csv", "a/9", "b/1"));
}

TEST(Sources, CommonFolders) {
  const struct {
    std::vector<Source> sources;
    std::string expected;
  } cases[] = {
      {{folder_source("/a/b")}, "/a/b"},
      {{file_source("/a/b")}, "/a"},
      {{file_source("/b")}, "/"},
      {{folder_source("/a/b"), folder_source("/a/bc")}, "/a"},
      {{folder_source("/a/b/c"), folder_source("/a/b")}, "/a/b"},
      {{folder_source("/a"), folder_source("/b")}, "/"},
  };
  for (const auto& c : cases) EXPECT_EQ(common_folder(c.sources), c.expected);
}

TEST(Sources, BelowTheRootOfTheFileSystem) {
  MemoryFiles files;
  files.put("/x/1", "");
  files.put("/y/2", "");
  EXPECT_THAT(visited(files, {folder_source("/x"), folder_source("/y")}),
              ElementsAre("x/1", "y/2"));
}

TEST(Sources, PatternsAndHiddenNames) {
  MemoryFiles files;
  for (const char* path :
       {"/t/MLTable", "/t/a.csv", "/t/_SUCCESS", "/t/.x/b.csv", "/t/sub/c.csv", "/t/sub/d.txt"}) {
    files.put(path, "");
  }
  Source folder = folder_source("/t");
  folder.skip_hidden = true;
  folder.left_out = "MLTable";
  EXPECT_THAT(visited(files, {folder}), ElementsAre("a.csv", "sub/c.csv", "sub/d.txt"));
  EXPECT_THAT(visited(files, {pattern_source("/t", "**/*.csv")}),
              ElementsAre(".x/b.csv", "a.csv", "sub/c.csv"));
  EXPECT_THAT(visited(files, {pattern_source("/t", "*/c.csv")}), ElementsAre("sub/c.csv"));
}

TEST(Sources, MissingOnesAreNamed) {
  MemoryFiles files;
  files.put("/d/a", "");
  const auto nothing = [](std::string_view, std::size_t) -> Result<void> { return {}; };
  const auto file = visit_sources(files, {file_source("/d/b")}, nothing);
  EXPECT_EQ(file.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(file.error().message, HasSubstr("/d/b"));
  EXPECT_EQ(visit_sources(files, {folder_source("/gone")}, nothing).error().kind,
            ErrorKind::kNotFound);
}

}  // namespace
}  // namespace batchmill::data
