#include "monitor/proc_resources.h"

#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/command_runner.h"

// The real machine: what must hold on every Linux.
namespace batchmill::monitor {
namespace {

using testing::HasSubstr;

class ProcResourcesTest : public testing::Test {
 protected:
  LocalCommandRunner commands_;
  ProcResources resources_{commands_};
};

TEST_F(ProcResourcesTest, ReadsTheMachine) {
  const NodeReading first = resources_.node();
  EXPECT_GT(first.cpu_busy, 0u);
  EXPECT_GE(first.cpu_total, first.cpu_busy);
  EXPECT_GT(first.memory_total, first.memory_available);
  EXPECT_GT(first.memory_available, 0u);
}

TEST_F(ProcResourcesTest, ReadsTheDiskOfAFolder) {
  const auto disks = resources_.disks("/");
  ASSERT_FALSE(disks.empty());
  EXPECT_GT(disks[0].total, 0u);
  EXPECT_GE(disks[0].total, disks[0].used);
}

TEST_F(ProcResourcesTest, ReadsAProcess) {
  std::thread other([] { ::usleep(100'000); });
  const auto tree = resources_.tree(::getpid());
  other.join();
  ASSERT_TRUE(tree);
  EXPECT_GE(tree->threads, 2u);
  EXPECT_GT(tree->rss, 1'000'000u);
  EXPECT_GT(tree->age, Duration::zero());
  EXPECT_LT(tree->age, std::chrono::hours(1));
  EXPECT_EQ(tree->children, 0u);
  EXPECT_FALSE(resources_.tree(0x3fffffff));
}

TEST_F(ProcResourcesTest, ListsProcesses) {
  const std::string list = resources_.process_list();
  EXPECT_THAT(list, HasSubstr("PID"));
  EXPECT_THAT(list, HasSubstr("monitor_test"));
}

}  // namespace
}  // namespace batchmill::monitor
