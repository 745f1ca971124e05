#include "engine/command_failure.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace batchmill::engine {
namespace {

nlohmann::json record_of(const CommandEnd& end, const std::string& log) {
  return nlohmann::json::parse(command_error_record(end, log, "/job/steps/train/wd"));
}

TEST(CommandFailure, ATracebackGivesTheInnermostFrameOfTheUser) {
  const auto record = record_of({.exit_code = 1}, R"(reading
Traceback (most recent call last):
  File "/job/steps/train/wd/train.py", line 31, in <module>
    main()
  File "/job/steps/train/wd/lib/parse.py", line 8, in parse
    return float(text)
  File "/usr/lib/python3/dist-packages/pandas/core.py", line 100, in inner
    raise ValueError(x)
ValueError: could not convert string to float: 'n/a'
)");
  EXPECT_EQ(record["code"], 901);
  EXPECT_EQ(record["type"], "ValueError");
  EXPECT_EQ(record["message"], "could not convert string to float: 'n/a'");
  EXPECT_EQ(record["place"]["file"], "lib/parse.py");
  EXPECT_EQ(record["place"]["line"], 8);
  EXPECT_EQ(record["place"]["function"], "parse");
  EXPECT_EQ(record["frames"].size(), 3u);
  EXPECT_EQ(record["detail"], "the command ended with exit code 1");
}

TEST(CommandFailure, TheLastTracebackCounts) {
  const auto record = record_of({.exit_code = 1}, R"(Traceback (most recent call last):
  File "/job/steps/train/wd/a.py", line 1, in f
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/job/steps/train/wd/a.py", line 3, in g
ModuleNotFoundError: No module named 'torch'
)");
  EXPECT_EQ(record["code"], 926);
  EXPECT_EQ(record["place"]["line"], 3);
}

TEST(CommandFailure, WithoutATracebackTheLastLinesAreKept) {
  const auto record =
      record_of({.exit_code = 127}, "1\n2\n3\n4\n5\n6\nbash: foo: command not found\n");
  EXPECT_EQ(record["code"], 912);
  EXPECT_EQ(record["message"], "the command ended with exit code 127");
  EXPECT_EQ(record["detail"], "3\n4\n5\n6\nbash: foo: command not found");
  EXPECT_TRUE(record["place"].is_null());
}

TEST(CommandFailure, SignalsTimeoutsAndStartErrorsHaveTheirOwnWords) {
  EXPECT_EQ(record_of({.signal = 11}, "")["message"], "the process crashed (SIGSEGV)");
  EXPECT_EQ(record_of({.signal = 9, .timed_out = true, .timeout_s = 2}, "x")["message"],
            "still running after 2 s (limits.timeout)");
  EXPECT_EQ(record_of({.start_error = "/bin/bash: no such file"}, "")["message"],
            "/bin/bash: no such file");
}

}  // namespace
}  // namespace batchmill::engine
