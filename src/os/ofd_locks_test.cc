#include "os/ofd_locks.h"

#include <cstdlib>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace batchmill {
namespace {

class OfdLocksTest : public ::testing::Test {
 protected:
  OfdLocksTest() {
    std::string pattern = ::testing::TempDir() + "/lockXXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    path_ = folder_ + "/leader.lock";
  }
  ~OfdLocksTest() override {
    ::unlink(path_.c_str());
    ::rmdir(folder_.c_str());
  }
  std::string folder_, path_;
  OfdLocks locks_;
};

TEST_F(OfdLocksTest, AMissingFileIsNotHeld) { EXPECT_FALSE(locks_.is_held(path_)); }

TEST_F(OfdLocksTest, IsHeldExactlyAsLongAsTheObjectLives) {
  {
    auto lock = locks_.try_lock(path_);
    ASSERT_TRUE(lock.has_value());
    EXPECT_TRUE(locks_.is_held(path_));
    auto second = locks_.try_lock(path_);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().kind, ErrorKind::kUnavailable);
  }
  EXPECT_FALSE(locks_.is_held(path_));
}

TEST_F(OfdLocksTest, AKilledOwnerHoldsNothing) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto lock = locks_.try_lock(path_);
    ::raise(SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_FALSE(locks_.is_held(path_));
}

}  // namespace
}  // namespace batchmill
