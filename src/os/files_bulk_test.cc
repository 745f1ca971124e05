#include "os/files_bulk.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/files_posix.h"

namespace batchmill {
namespace {

using ::testing::HasSubstr;

class FilesBulkTest : public ::testing::Test {
 protected:
  FilesBulkTest() {
    std::string pattern = ::testing::TempDir() + "files_bulk.XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  ~FilesBulkTest() override { std::filesystem::remove_all(root_); }
  std::string at(const std::string& name) const { return root_ + "/" + name; }
  std::string root_;
  FilesPosix files_;
  FilesBulk bulk_;
};

TEST_F(FilesBulkTest, CopiesRangesBehindWhatIsThere) {
  ASSERT_TRUE(files_.append(at("source"), "0123456789"));
  auto target = *bulk_.create(at("target"));
  ASSERT_TRUE(target->write("head "));
  const auto source = *bulk_.open(at("source"));
  ASSERT_TRUE(target->copy_from(*source, 2, 3));
  ASSERT_TRUE(target->write(" tail"));
  EXPECT_EQ(target->size(), 13U);
  ASSERT_TRUE(target->sync());
  ASSERT_TRUE(bulk_.publish(at("target"), at("final")));
  EXPECT_EQ(*files_.read(at("final")), "head 234 tail");
  EXPECT_FALSE(files_.exists(at("target")));
}

TEST_F(FilesBulkTest, CopyingBeyondTheEndNamesTheSource) {
  ASSERT_TRUE(files_.append(at("source"), "0123"));
  auto target = *bulk_.create(at("target"));
  const auto result = target->copy_from(**bulk_.open(at("source")), 2, 10);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::kProtocol);
  EXPECT_THAT(result.error().message, HasSubstr(at("source")));
}

TEST_F(FilesBulkTest, CopiesBetweenFileSystems) {
  if (!std::filesystem::is_directory("/dev/shm")) GTEST_SKIP() << "no second file system here";
  std::string pattern = "/dev/shm/files_bulk.XXXXXX";
  const std::string other = ::mkdtemp(pattern.data());
  const std::string bytes(3'000'001, 'x');
  ASSERT_TRUE(files_.append(other + "/source", bytes));
  auto target = *bulk_.create(at("target"));
  EXPECT_TRUE(target->copy_from(**bulk_.open(other + "/source"), 0, bytes.size()));
  EXPECT_EQ(*files_.read(at("target")), bytes);
  std::filesystem::remove_all(other);
}

TEST_F(FilesBulkTest, ExtendingCutsBackToTheKeptPrefix) {
  ASSERT_TRUE(files_.append(at("a"), "kept and torn"));
  {
    auto file = *bulk_.extend(at("a"), 4);
    ASSERT_TRUE(file->write("!"));
    EXPECT_EQ(file->size(), 5U);
  }
  EXPECT_EQ(*files_.read(at("a")), "kept!");
  EXPECT_EQ(bulk_.extend(at("a"), 6).error().kind, ErrorKind::kProtocol);
  EXPECT_EQ(bulk_.extend(at("none"), 0).error().kind, ErrorKind::kNotFound);
}

TEST_F(FilesBulkTest, MapsWhatWasThereWhenOpened) {
  ASSERT_TRUE(files_.append(at("a"), "before"));
  const auto file = *bulk_.open(at("a"));
  ASSERT_TRUE(files_.append(at("a"), " after"));
  EXPECT_EQ(*file->map(), "before");
  ASSERT_TRUE(files_.append(at("empty"), ""));
  EXPECT_EQ(*(*bulk_.open(at("empty")))->map(), "");
}

TEST_F(FilesBulkTest, IdentityFollowsLinks) {
  ASSERT_TRUE(files_.make_folders(at("folder")));
  ASSERT_EQ(::symlink("folder", at("link").c_str()), 0);
  EXPECT_EQ(*bulk_.identity(at("link")), *bulk_.identity(at("folder")));
  EXPECT_FALSE(*bulk_.identity(at("link")) == *bulk_.identity(root_));
}

}  // namespace
}  // namespace batchmill
