#include "os/process_tree.h"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(ParseProcStat, ReadsFieldsBehindAnAwkwardName) {
  const auto entry = parse_proc_stat("42 (a) b (c) S 7 42 40 0 -1 4194304");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->pid, 42);
  EXPECT_EQ(entry->parent, 7);
  EXPECT_EQ(entry->session, 40);
  EXPECT_FALSE(entry->zombie);
}

TEST(ParseProcStat, KnowsZombies) { EXPECT_TRUE(parse_proc_stat("9 (x) Z 1 9 9 0")->zombie); }

TEST(ParseProcStat, RefusesWhatIsMalformed) {
  for (const char* line : {"", "12", "12 (x)", "12 (x) S", "12 (x) S a b c"}) {
    EXPECT_FALSE(parse_proc_stat(line)) << line;
  }
}

std::vector<pid_t> pids(const std::vector<Descendant>& found) {
  std::vector<pid_t> result;
  for (const Descendant& process : found) result.push_back(process.pid);
  return result;
}

TEST(DescendantsOf, FollowsParentsAndPassesThroughZombies) {
  const std::vector<ProcessEntry> processes = {
      {1, 0, 1, false},    {10, 1, 10, false}, {11, 10, 10, true},
      {12, 11, 12, false}, {20, 1, 20, false},
  };
  EXPECT_THAT(pids(descendants_of(10, processes)), UnorderedElementsAre(12));
  EXPECT_THAT(pids(descendants_of(1, processes)), UnorderedElementsAre(10, 12, 20));
  EXPECT_THAT(descendants_of(20, processes), IsEmpty());
}

TEST(DescendantsOf, NamesTheBranchBelowTheRoot) {
  const auto found = descendants_of(1, {{5, 1, 5, false}, {6, 5, 5, false}, {7, 6, 7, false}});
  ASSERT_EQ(found.size(), 3u);
  for (const Descendant& process : found) EXPECT_EQ(process.branch, 5);
}

TEST(DescendantsOf, EndsOnACycleOfRecycledPids) {
  const auto found = descendants_of(1, {{1, 3, 1, false}, {2, 1, 2, false}, {3, 2, 2, false}});
  EXPECT_THAT(pids(found), UnorderedElementsAre(2, 3));
}

TEST(ListProcesses, ContainsThisProcess) {
  bool found = false;
  for (const ProcessEntry& process : list_processes()) {
    if (process.pid == getpid()) {
      found = true;
      EXPECT_EQ(process.parent, getppid());
      EXPECT_EQ(process.session, getsid(0));
    }
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace batchmill
