#include "agent/error_log_entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::agent {
namespace {

constexpr WallTime kNow{1'768'209'220'123'456};

TEST(Spec7_2ErrorLogEntry, HoldsTheStacksAndTheLastWords) {
  const EndedByAgent attempt{{MiniBatchId{17}, 2, Epoch{1}},
                             "still running after 60 s (retry_settings.timeout)",
                             "Current thread 0x1 (most recent call first):\n"
                             "  File \"/code/score.py\", line 44 in fetch\n\n",
                             "loading\nwaiting for the server\n"};
  EXPECT_EQ(error_log_entry(kNow, attempt),
            "2026-01-12T09:13:40.123456Z mini-batch 17, try 2: still running after 60 s "
            "(retry_settings.timeout)\n"
            "Its threads when it was ended:\n"
            "Current thread 0x1 (most recent call first):\n"
            "  File \"/code/score.py\", line 44 in fetch\n"
            "The last it wrote to stderr:\n"
            "loading\n"
            "waiting for the server\n"
            "\n");
}

TEST(Spec7_2ErrorLogEntry, LeavesOutWhatThereIsNot) {
  EXPECT_EQ(error_log_entry(kNow, {{MiniBatchId{3}, 1, Epoch{1}, {10, 4}}, "too much", "", ""}),
            "2026-01-12T09:13:40.123456Z mini-batch 3, items 10 to 13, try 1: too much\n\n");
  EXPECT_EQ(error_log_entry(kNow, {{MiniBatchId{3}, 1, Epoch{1}, {10, 1}}, "too much", "", ""}),
            "2026-01-12T09:13:40.123456Z mini-batch 3, item 10, try 1: too much\n\n");
}

TEST(Spec7_2ErrorLogEntry, KeepsTheLastTwentyLinesOfStderr) {
  std::string said;
  for (int i = 0; i < 50; ++i) said += "line " + std::to_string(i) + "\n";
  const std::string entry = error_log_entry(kNow, {{}, "x", "", said});
  EXPECT_THAT(entry, testing::HasSubstr("line 30\n"));
  EXPECT_THAT(entry, testing::Not(testing::HasSubstr("line 29\n")));
}

}  // namespace
}  // namespace batchmill::agent
