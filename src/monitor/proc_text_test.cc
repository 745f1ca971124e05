#include "monitor/proc_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Captured on Linux 6.1.
namespace batchmill::monitor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

constexpr const char* kStatus = R"(Name:	python3
State:	S (sleeping)
VmHWM:	  123456 kB
VmRSS:	  120000 kB
RssAnon:	  100000 kB
RssFile:	   19000 kB
RssShmem:	    1000 kB
VmSwap:	     500 kB
Threads:	4
)";

constexpr const char* kRollup = R"(55d0c0a0a000-7ffd1e5f4000 ---p 00000000 00:00 0    [rollup]
Rss:              120000 kB
Pss:              110000 kB
Pss_Anon:          50000 kB
Pss_File:          59900 kB
Pss_Shmem:           100 kB
Swap:                500 kB
SwapPss:             250 kB
)";

TEST(ProcText, ReadsMemoryThatIsNotOfFiles) {
  EXPECT_EQ(status_memory(kStatus), 101'500u * 1024);
  EXPECT_THAT(rollup_memory(kRollup), Optional(50'350u * 1024));
  EXPECT_EQ(status_memory(""), 0u) << "a kernel thread, or a process that is gone";
  EXPECT_EQ(rollup_memory("Rss: 1 kB\n"), std::nullopt) << "kernels before 5.4";
}

TEST(ProcText, FindsAWholeName) {
  EXPECT_THAT(field(kRollup, "Swap"), Optional(500u));
  EXPECT_EQ(field(kRollup, "Sw"), std::nullopt);
  EXPECT_EQ(field("Swap:", "Swap"), std::nullopt);
}

TEST(ProcText, ReadsChildren) {
  EXPECT_THAT(child_pids("812 9001 "), ElementsAre(812, 9001));
  EXPECT_THAT(child_pids(""), IsEmpty());
}

TEST(ProcText, ReadsAStatLine) {
  const auto stat = parse_process_stat(
      "4211 (a) R 1 (b) S 4200 4211 4211 0 -1 4194304 1200 5 0 0 250 50 7 3 20 0 12 0 1809480 "
      "313344000 25000 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->pid, 4211);
  EXPECT_EQ(stat->parent, 4200);
  EXPECT_EQ(stat->session, 4211);
  EXPECT_EQ(stat->cpu_ticks, 310u);
  EXPECT_EQ(stat->threads, 12u);
  EXPECT_EQ(stat->start_ticks, 1'809'480u);
  EXPECT_FALSE(parse_process_stat(""));
  EXPECT_FALSE(parse_process_stat("1 (short) S 0 1"));
}

}  // namespace
}  // namespace batchmill::monitor
