#include "os/temporary_folder.h"

#include <filesystem>

#include <gtest/gtest.h>

namespace batchmill {
namespace {

TEST(TemporaryFolder, IsNewAndItsOwnersAlone) {
  const auto one = make_temporary_folder("test-");
  const auto other = make_temporary_folder("test-");
  ASSERT_TRUE(one && other);
  EXPECT_NE(*one, *other);
  EXPECT_EQ(std::filesystem::status(*one).permissions(), std::filesystem::perms::owner_all);
  std::filesystem::remove(*one);
  std::filesystem::remove(*other);
}

}  // namespace
}  // namespace batchmill
