#include "os/machine_cores.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill {
namespace {

using testing::DoubleEq;
using testing::Optional;

ReadFile files(std::map<std::string, std::string> content) {
  return [content = std::move(content)](const std::string& path) -> std::optional<std::string> {
    const auto found = content.find(path);
    if (found == content.end()) return std::nullopt;
    return found->second;
  };
}

TEST(CgroupPath, FindsAControllerAmongSeveral) {
  const char* text = "5:cpu,cpuacct:/a/b\n3:memory:/m\n0::/v2\n";
  EXPECT_THAT(cgroup_path(text, "cpu"), Optional(std::string("/a/b")));
  EXPECT_THAT(cgroup_path(text, "memory"), Optional(std::string("/m")));
  EXPECT_THAT(cgroup_path(text, ""), Optional(std::string("/v2")));
  EXPECT_EQ(cgroup_path("3:memory:/m\n", ""), std::nullopt);
}

TEST(CpuQuota, TakesTheLeastOfAGroupAndItsParents) {
  const auto read = files({{"/sys/fs/cgroup/a/b/cpu.max", "max 100000\n"},
                           {"/sys/fs/cgroup/a/cpu.max", "150000 100000\n"},
                           {"/sys/fs/cgroup/cpu.max", "400000 100000\n"}});
  EXPECT_THAT(cpu_quota("0::/a/b\n", read), Optional(DoubleEq(1.5)));
}

TEST(CpuQuota, ReadsTheFirstVersionToo) {
  const auto read = files({{"/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "-1\n"},
                           {"/sys/fs/cgroup/cpu/x/cpu.cfs_period_us", "100000\n"},
                           {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "200000\n"},
                           {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}});
  EXPECT_THAT(cpu_quota("4:cpu,cpuacct:/x\n", read), Optional(DoubleEq(2)));
}

TEST(CpuQuota, IsAbsentWithoutOne) {
  EXPECT_EQ(cpu_quota("0::/\n", files({{"/sys/fs/cgroup/cpu.max", "max 100000\n"}})), std::nullopt);
  EXPECT_EQ(cpu_quota("", files({})), std::nullopt);
}

TEST(OomKillCount, AddsBothVersions) {
  EXPECT_EQ(oom_kill_count("0::/a\n", files({{"/sys/fs/cgroup/a/memory.events",
                                              "low 0\noom 5\noom_kill 2\noom_group_kill 0\n"}})),
            2u);
  EXPECT_EQ(
      oom_kill_count("2:memory:/b\n", files({{"/sys/fs/cgroup/memory/b/memory.oom_control",
                                              "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"}})),
      3u);
  EXPECT_EQ(oom_kill_count("0::/a\n", files({})), 0u);
}

TEST(UsableCores, IsAtLeastOne) { EXPECT_GE(usable_cores(), 1u); }

}  // namespace
}  // namespace batchmill
