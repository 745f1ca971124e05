#include "runlog/attempt_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/memory_files.h"
#include "runlog/sample_failures.h"

namespace batchmill::runlog {
namespace {

constexpr const char* kPath = "/l/sys/node/0/process004.txt";

std::string log(LoggingLevel level, const std::vector<AttemptRecord>& attempts) {
  fakes::MemoryFiles files;
  AttemptLog log(files, LogTree("/l"), level, 4711);
  log.committed(attempts);
  return files.content(kPath).value_or("(no file)");
}

TEST(AttemptLog, Spec7_3SaysOfEachAttemptWhoPickedItAndHowItEnded) {
  EXPECT_EQ(log(LoggingLevel::kDebug, {success(2), part(success(3, 2), 3, 2)}),
            "2026-01-12 12:00:00,500|DEBUG|4711|MainThread|mini-batch 2, try 1: picked by node 0 "
            "process004\n"
            "2026-01-12 12:00:01,020|DEBUG|4711|MainThread|mini-batch 2, try 1: RUN_DONE; 5 items, "
            "5 succeeded, 0 failed; 0.52 s, run 0.48 s, cpu 1.47 s, peak 79 MB\n"
            "2026-01-12 12:00:00,750|DEBUG|4711|MainThread|mini-batch 3, items 3 to 4, try 2: "
            "picked by node 0 process004\n"
            "2026-01-12 12:00:01,270|DEBUG|4711|MainThread|mini-batch 3, items 3 to 4, try 2: "
            "RUN_DONE; 2 items, 2 succeeded, 0 failed; 0.52 s, run 0.48 s, cpu 1.47 s, peak 79 "
            "MB\n");
}

TEST(AttemptLog, WithoutDebugOnlyWhatFailedOrWasSlow) {
  std::vector<AttemptRecord> attempts;
  for (std::uint64_t i = 0; i < 30; ++i) attempts.push_back(success(i));
  EXPECT_EQ(log(LoggingLevel::kInfo, attempts), "(no file)");
  attempts.push_back(failure(30, 1, false, value_error("bad", "a.csv")));
  attempts.push_back(success(31));
  attempts.back().outcome.run = std::chrono::seconds(9);
  const std::string text = log(LoggingLevel::kInfo, attempts);
  EXPECT_EQ(std::ranges::count(text, '\n'), 4);
  EXPECT_THAT(text, testing::HasSubstr("|WARNING|4711|MainThread|mini-batch 30, try 1: "
                                       "RUN_EXCEPTION; 5 items, 0 succeeded, 5 failed; "));
  EXPECT_THAT(text, testing::HasSubstr("; score.py:31 in run: ValueError: bad\n"));
  EXPECT_THAT(text, testing::HasSubstr("mini-batch 31, try 1: picked"));
  EXPECT_THAT(text, testing::EndsWith("; slow\n"));
  EXPECT_EQ(std::ranges::count(log(LoggingLevel::kWarning, attempts), '\n'), 1);
}

TEST(AttemptLog, LinesCarryThePidOfTheirWorker) {
  fakes::MemoryFiles files;
  AttemptLog log(files, LogTree("/l"), LoggingLevel::kDebug, 4711);
  log.started({NodeId{0}, 4}, 815);
  log.committed({success(1)});
  EXPECT_THAT(files.content(kPath).value(), testing::HasSubstr("|DEBUG|815|MainThread|"));
}

TEST(AttemptLog, IsLostWhenItCannotBeWrittenAndDisturbsNobody) {
  fakes::MemoryFiles files;
  files.fill_disk();
  AttemptLog log(files, LogTree("/l"), LoggingLevel::kDebug, 1);
  log.committed({success(1)});
  EXPECT_FALSE(files.exists(kPath));
}

TEST(SlowRuns, AreLongAgainstMostOthers) {
  const auto ms = [](int count) { return Duration(std::chrono::milliseconds(count)); };
  SlowRuns runs;
  for (int i = 0; i < 19; ++i) EXPECT_FALSE(runs.add(ms(i == 0 ? 60'000 : 400)));
  EXPECT_FALSE(runs.add(ms(60'000))) << "too few are known";
  for (int i = 0; i < 180; ++i) EXPECT_FALSE(runs.add(ms(400)));
  EXPECT_FALSE(runs.add(ms(1'100)));
  EXPECT_TRUE(runs.add(ms(2'000)));
  SlowRuns brief;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(brief.add(ms(1)));
  EXPECT_FALSE(brief.add(ms(900))) << "nobody waits for these";
}

}  // namespace
}  // namespace batchmill::runlog
