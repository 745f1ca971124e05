#include "os/asio_loop.h"

#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/unique_fd.h"

namespace batchmill {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

TEST(AsioLoop, TimersFireInTheOrderOfTheirTime) {
  AsioLoop loop;
  std::vector<int> fired;
  const TimePoint now = loop.now();
  loop.call_at(now + milliseconds(20), [&] {
    fired.push_back(2);
    loop.stop();
  });
  loop.call_at(now + milliseconds(10), [&] { fired.push_back(1); });
  loop.call_at(now - milliseconds(10), [&] { fired.push_back(0); });
  loop.call_at(kNever, [&] { fired.push_back(3); });
  loop.run();
  EXPECT_THAT(fired, ElementsAre(0, 1, 2));
  EXPECT_GE(loop.now(), now + milliseconds(20));
}

TEST(AsioLoop, ACancelledTimerNeverFiresEvenWhenItIsDue) {
  AsioLoop loop;
  bool fired = false;
  Loop::Timer second = 0;
  const TimePoint due = loop.now() - milliseconds(1);
  loop.call_at(due - milliseconds(1), [&] { loop.cancel(second); });
  second = loop.call_at(due, [&] { fired = true; });
  loop.call_at(loop.now() + milliseconds(20), [&] { loop.stop(); });
  loop.cancel(12345);
  loop.run();
  EXPECT_FALSE(fired);
}

TEST(AsioLoop, PostComesFromAnyThread) {
  AsioLoop loop;
  std::thread other([&] { loop.post([&] { loop.stop(); }); });
  loop.run();
  other.join();
}

TEST(AsioLoop, WatchRepeatsWhileSomethingIsLeftToRead) {
  AsioLoop loop;
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  UniqueFd in(ends[0]);
  UniqueFd out(ends[1]);
  ASSERT_EQ(write(out.get(), "abc", 3), 3);
  std::string got;
  Loop::Watch watch = 0;
  watch = loop.watch_readable(in.get(), [&] {
    char byte = 0;
    if (read(in.get(), &byte, 1) == 1) {
      got += byte;
      if (got == "abc") out.reset();
    } else {
      got += '.';
      loop.unwatch(watch);
      loop.stop();
    }
  });
  loop.run();
  EXPECT_EQ(got, "abc.");
}

TEST(AsioLoop, UnwatchLeavesTheDescriptorOpen) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const UniqueFd in(ends[0]);
  const UniqueFd out(ends[1]);
  {
    AsioLoop loop;
    const auto first = loop.watch_readable(in.get(), [] {});
    loop.unwatch(first);
    loop.watch_readable(in.get(), [] {});
  }
  ASSERT_EQ(write(out.get(), "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(read(in.get(), &byte, 1), 1);
}

TEST(AsioLoop, RunsAgainAfterStop) {
  AsioLoop loop;
  int runs = 0;
  for (int i = 0; i < 2; ++i) {
    loop.post([&] {
      ++runs;
      loop.stop();
    });
    loop.run();
  }
  EXPECT_EQ(runs, 2);
}

}  // namespace
}  // namespace batchmill
