#include "agent/attempt_error.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::agent {
namespace {

using runlog::ErrorRecord;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kCrash =
    "warming up\nFatal Python error: Segmentation fault\n\n"
    "Current thread 0x1 (most recent call first):\n  File \"/c/score.py\", line 9 in run\n";

TEST(MemoryError, NamesPeakAndLimit) {
  constexpr std::uint64_t kMiB = 1 << 20;
  const auto message = [](std::uint64_t peak, std::uint64_t limit) {
    return memory_error(peak, limit, "").raised.message;
  };
  EXPECT_EQ(message(263 * kMiB, 200 * kMiB), "killed: out of memory (peak 263 MB, limit 200 MB)");
  EXPECT_EQ(message(8499 * kMiB, 8192 * kMiB), "killed: out of memory (peak 8.3 GB, limit 8 GB)");
  const auto record = memory_error(2, 1, "one\ntwo\n");
  EXPECT_EQ(record.code, 911);
  EXPECT_EQ(record.detail, "one\ntwo");
}

TEST(AttemptError, TimeoutsNameTheirSetting) {
  const ErrorRecord run = timeout_error(AttemptStatus::kRunTimeout, seconds(60), kCrash, "/c");
  EXPECT_EQ(run.code, 908);
  EXPECT_EQ(run.raised.message, "still running after 60 s (retry_settings.timeout)");
  EXPECT_EQ(run.raised.place, (runlog::CodePlace{"score.py", 9, "run"}));
  const ErrorRecord load = timeout_error(AttemptStatus::kLoadTimeout, milliseconds(500), "", "/c");
  EXPECT_EQ(load.code, 909);
  EXPECT_EQ(load.raised.message, "not loaded after 0.5 s (--task_overhead_timeout)");
}

struct Death {
  int signal;
  int exit_code;
  bool out_of_memory;
  int code;
  const char* message;
};

TEST(AttemptError, DeathsByCause) {
  const Death deaths[] = {
      {SIGSEGV, 0, false, 910, "the process crashed (SIGSEGV)"},
      {SIGSEGV, 0, true, 910, "the process crashed (SIGSEGV)"},
      {SIGKILL, 0, false, 910, "the process was killed (SIGKILL)"},
      {SIGKILL, 0, true, 911, "killed: out of memory (peak 8.0 GB)"},
      {0, 3, false, 912, "the script ended its process (exit code 3)"},
      {0, 0, true, 912, "the script ended its process (exit code 0)"},
      {SIGRTMIN + 3, 0, false, 910, "the process crashed (signal 37)"},
  };
  for (const Death& death : deaths) {
    SpawnExit exit;
    exit.signal = death.signal;
    exit.exit_code = death.exit_code;
    exit.peak_rss_kib = 7'812'500;
    const ErrorRecord record = death_error(exit, death.out_of_memory, "1\n2\n3\n4\n5\n6\n", "/c");
    EXPECT_EQ(record.code, death.code);
    EXPECT_EQ(record.raised.message, death.message);
    EXPECT_EQ(record.detail, "2\n3\n4\n5\n6");
  }
}

TEST(AttemptError, ACrashShowsWhereItWas) {
  SpawnExit exit;
  exit.signal = SIGSEGV;
  const ErrorRecord record = death_error(exit, false, kCrash, "/c");
  EXPECT_EQ(record.raised.place, (runlog::CodePlace{"score.py", 9, "run"}));
  EXPECT_EQ(record.detail, "warming up") << "the dump is not repeated";
  EXPECT_EQ(death_error(exit, false, "Fatal Python error: no stack\n", "/c").detail,
            "Fatal Python error: no stack");
}

TEST(AttemptError, StderrMayHoldAnything) {
  SpawnExit exit;
  exit.exit_code = 1;
  EXPECT_EQ(death_error(exit, false, "bad \xff byte", "/c").detail, "bad \xEF\xBF\xBD byte");
}

TEST(AttemptError, AddsTheMiniBatchToTheWorkersRecord) {
  const auto record = runlog::parse_error_record(
      with_mini_batch(R"({"code": 905, "type": "", "message": "run returned int"})", 17));
  EXPECT_EQ(record.code, 905);
  EXPECT_EQ(record.mini_batch, 17u);
}

}  // namespace
}  // namespace batchmill::agent
