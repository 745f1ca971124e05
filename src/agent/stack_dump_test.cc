#include "agent/stack_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::agent {
namespace {

using testing::IsEmpty;

// As Python 3.11 writes it on SIGUSR1.
constexpr const char* kDump = R"(some print to stderr
Thread 0x00007f1 (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 320 in wait
  File "/opt/batchmill/python/batchmill/worker/late_publisher.py", line 60 in _watch

Current thread 0x00007f2 (most recent call first):
  File "/usr/lib/python3/dist-packages/requests/api.py", line 59 in get
  File "/job/wd/lib/net.py", line 44 in fetch
  File "/job/wd/score.py", line 12 in run
  File "/opt/batchmill/python/batchmill/worker/file_loop.py", line 140 in serve_files
  File "<frozen runpy>", line 88 in _run_code
)";

TEST(StackDump, GivesTheUsersThreadOutermostFirst) {
  const auto frames = parse_stack_dump(kDump, "/job/wd");
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[0].file, "score.py");
  EXPECT_EQ(frames[0].line, 12);
  EXPECT_EQ(frames[0].function, "run");
  EXPECT_TRUE(frames[0].user);
  EXPECT_EQ(frames[1].file, "lib/net.py");
  EXPECT_FALSE(frames[2].user);
  EXPECT_EQ(frames[2].library, "requests");
  EXPECT_EQ(innermost_user_place(frames), (runlog::CodePlace{"lib/net.py", 44, "fetch"}));
}

TEST(StackDump, PrefersAThreadInUserCodeToTheCurrentOne) {
  const auto frames = parse_stack_dump(
      "Thread 0x1 (most recent call first):\n  File \"/c/a.py\", line 1 in load\n\n"
      "Current thread 0x2 (most recent call first):\n"
      "  File \"/usr/lib/python3.11/queue.py\", line 2 in get\n",
      "/c/");
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].function, "load");
}

TEST(StackDump, WithoutUserCodeShowsTheCurrentThread) {
  const auto frames = parse_stack_dump(
      "Thread 0x1 (most recent call first):\n  File \"/usr/lib/python3.11/a.py\", line 1 in f\n\n"
      "Current thread 0x2 (most recent call first):\n"
      "  File \"/usr/lib/python3.11/json/decoder.py\", line 2 in decode\n",
      "/c");
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].library, "json");
  EXPECT_EQ(innermost_user_place(frames), std::nullopt);
}

TEST(StackDump, AFolderWithTheSameBeginningIsNotTheUsers) {
  const auto frames = parse_stack_dump(
      "x (most recent call first):\n  File \"/code2/a.py\", line 1 in f\n", "/code");
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_FALSE(frames[0].user);
}

TEST(StackDump, SurvivesWhatIsNoDump) {
  for (const char* text : {"", "\n", "Traceback\n  File \"/a.py\", line 1, in f\n",
                           "x (most recent call first):\n  File \"", "(most recent call first):",
                           "x (most recent call first):\n  File \"a\", line x in f\n",
                           "x (most recent call first):\n  ...\n"}) {
    EXPECT_THAT(parse_stack_dump(text, "/c"), IsEmpty()) << text;
  }
}

TEST(LastLines, TakesWholeLines) {
  EXPECT_EQ(last_lines("a\nb\nc\n\n", 2), "b\nc");
  EXPECT_EQ(last_lines("a\nb", 5), "a\nb");
  EXPECT_EQ(last_lines("", 5), "");
  EXPECT_EQ(last_lines("\n\n", 5), "");
  EXPECT_EQ(last_lines("\na\nb", 2), "a\nb");
}

}  // namespace
}  // namespace batchmill::agent
