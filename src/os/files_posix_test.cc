#include "os/files_posix.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FilesPosixTest : public ::testing::Test {
 protected:
  FilesPosixTest() {
    std::string pattern = ::testing::TempDir() + "files_posix.XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  ~FilesPosixTest() override { std::filesystem::remove_all(root_); }
  std::string at(const std::string& name) const { return root_ + "/" + name; }
  std::vector<std::string> names(const std::string& folder) const {
    std::vector<std::string> result;
    const auto entries = files_.list(folder).value();
    for (const FolderEntry& entry : entries) result.push_back(entry.name);
    std::sort(result.begin(), result.end());
    return result;
  }
  std::string root_;
  FilesPosix files_;
};

TEST_F(FilesPosixTest, WritesReplaceTheWholeFileAndLeaveNothingBeside) {
  ASSERT_TRUE(files_.write_atomically(at("a"), "first, and longer"));
  ASSERT_TRUE(files_.write_atomically(at("a"), "second"));
  EXPECT_EQ(*files_.read(at("a")), "second");
  EXPECT_THAT(names(root_), ElementsAre("a"));
}

TEST_F(FilesPosixTest, FailedWriteLeavesTheOldFileAndNothingBeside) {
  ASSERT_TRUE(files_.make_folders(at("taken/below")));
  const auto result = files_.write_atomically(at("taken"), "x");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr(at("taken")));
  EXPECT_THAT(names(root_), ElementsAre("taken"));
}

TEST_F(FilesPosixTest, ReadsRanges) {
  ASSERT_TRUE(files_.append(at("a"), "0123456"));
  ASSERT_TRUE(files_.append(at("a"), "789"));
  struct {
    std::uint64_t offset, length;
    std::string expected;
  } const cases[] = {
      {0, 3, "012"}, {8, 100, "89"}, {10, 1, ""}, {100, 1, ""}, {0, UINT64_MAX, "0123456789"}};
  for (const auto& c : cases)
    EXPECT_EQ(*files_.read_range(at("a"), c.offset, c.length), c.expected);
}

TEST_F(FilesPosixTest, ErrorsNameThePathAndTheKind) {
  const auto missing = files_.read(at("nowhere"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(missing.error().message, at("nowhere") + ": No such file or directory");
  EXPECT_EQ(files_.list(at("nowhere")).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files_.status(at("nowhere")).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files_.read(root_).error().kind, ErrorKind::kInvalid);
}

TEST_F(FilesPosixTest, ListsKindsThroughLinks) {
  ASSERT_TRUE(files_.append(at("file"), ""));
  ASSERT_TRUE(files_.make_folders(at("folder")));
  ASSERT_EQ(::symlink("folder", at("to-folder").c_str()), 0);
  ASSERT_EQ(::symlink("gone", at("broken").c_str()), 0);
  ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
  std::vector<std::pair<std::string, FileKind>> kinds;
  const auto entries = files_.list(root_).value();
  for (const auto& entry : entries) kinds.emplace_back(entry.name, entry.kind);
  std::sort(kinds.begin(), kinds.end());
  EXPECT_THAT(
      kinds,
      ElementsAre(std::pair{"broken", FileKind::kFile}, std::pair{"file", FileKind::kFile},
                  std::pair{"folder", FileKind::kFolder}, std::pair{"pipe", FileKind::kOther},
                  std::pair{"to-folder", FileKind::kFolder}));
}

TEST_F(FilesPosixTest, ListsFoldersLargerThanOneRead) {
  std::vector<std::string> expected;
  for (int i = 0; i < 3000; ++i) {
    expected.push_back("file_with_a_long_name_" + std::to_string(10000 + i));
    ASSERT_TRUE(files_.append(at(expected.back()), ""));
  }
  EXPECT_EQ(names(root_), expected);
}

TEST_F(FilesPosixTest, MakesFoldersAndAcceptsThoseThatAreThere) {
  EXPECT_TRUE(files_.make_folders(at("a/b/c")));
  EXPECT_TRUE(files_.make_folders(at("a/b/c")));
  EXPECT_TRUE(files_.make_folders("/"));
  ASSERT_TRUE(files_.append(at("file"), ""));
  EXPECT_EQ(files_.make_folders(at("file")).error().kind, ErrorKind::kExists);
  EXPECT_FALSE(files_.make_folders(at("file/below")));
}

TEST_F(FilesPosixTest, CopiesTreesWithPermissionsAndLinkedContent) {
  ASSERT_TRUE(files_.make_folders(at("from/sub")));
  ASSERT_TRUE(files_.append(at("from/sub/run.sh"), "#!/bin/sh\n"));
  ASSERT_EQ(::chmod(at("from/sub/run.sh").c_str(), 0755), 0);
  ASSERT_EQ(::symlink("sub/run.sh", at("from/link").c_str()), 0);
  ASSERT_EQ(::symlink("gone", at("from/broken").c_str()), 0);
  ASSERT_TRUE(files_.copy_tree(at("from"), at("to")));
  EXPECT_EQ(*files_.read(at("to/sub/run.sh")), "#!/bin/sh\n");
  EXPECT_EQ(::access(at("to/sub/run.sh").c_str(), X_OK), 0);
  EXPECT_EQ(*files_.read(at("to/link")), "#!/bin/sh\n");
  EXPECT_FALSE(std::filesystem::is_symlink(at("to/link")));
  EXPECT_TRUE(std::filesystem::is_symlink(at("to/broken")));
}

TEST_F(FilesPosixTest, CopyRefusesALinkThatLeadsBack) {
  ASSERT_TRUE(files_.make_folders(at("from/sub")));
  ASSERT_EQ(::symlink("..", at("from/sub/up").c_str()), 0);
  const auto result = files_.copy_tree(at("from"), at("to"));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("from/sub/up"));
}

TEST_F(FilesPosixTest, RemovingWhatIsMissingSucceeds) {
  EXPECT_TRUE(files_.remove(at("nothing")));
  EXPECT_TRUE(files_.remove_tree(at("nothing")));
  ASSERT_TRUE(files_.make_folders(at("a/b")));
  ASSERT_TRUE(files_.append(at("a/b/c"), "x"));
  EXPECT_TRUE(files_.remove_tree(at("a")));
  EXPECT_THAT(names(root_), IsEmpty());
}

TEST_F(FilesPosixTest, ChecksTheNearestExistingParentForWriting) {
  EXPECT_TRUE(files_.check_writable(at("not/yet/there")));
  ASSERT_TRUE(files_.append(at("file"), ""));
  EXPECT_FALSE(files_.check_writable(at("file")));
  if (::geteuid() != 0) {  // root may write anywhere
    ASSERT_TRUE(files_.make_folders(at("closed")));
    ASSERT_EQ(::chmod(at("closed").c_str(), 0500), 0);
    EXPECT_EQ(files_.check_writable(at("closed/x")).error().kind, ErrorKind::kPermission);
  }
}

TEST_F(FilesPosixTest, AbsolutePathsAreLexical) {
  EXPECT_EQ(*files_.absolute("/a/./b/../c/"), "/a/c");
  EXPECT_EQ(*files_.absolute("/"), "/");
  EXPECT_EQ(*files_.absolute("x"), std::filesystem::current_path().string() + "/x");
}

TEST_F(FilesPosixTest, ThreadsMayReplaceTheSameFile) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(
            files_.write_atomically(at("shared"), std::string(1000, static_cast<char>('a' + t))));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const std::string text = *files_.read(at("shared"));
  EXPECT_EQ(text, std::string(1000, text.at(0)));
  EXPECT_THAT(names(root_), ElementsAre("shared"));
}

}  // namespace
}  // namespace batchmill
