#include "runlog/failure_text.h"

#include "base/text.h"
#include "runlog/sample_failures.h"
#include "runlog/stack_text.h"

namespace batchmill::runlog {
namespace {

ErrorRecord record(int code, const char* type, const char* message, bool placed,
                   const char* item = "") {
  ErrorRecord record;
  record.code = code;
  record.raised.type = type;
  record.raised.message = message;
  if (placed) record.raised.place = CodePlace{"score.py", 31, "run"};
  record.item = item;
  return record;
}

TEST(FailureLine, EachCodeHasItsForm) {
  struct Row {
    ErrorRecord record;
    const char* line;
  };
  for (const Row& row : {
           Row{record(901, "ValueError", "bad 'n/a'", true),
               "score.py:31 in run: ValueError: bad 'n/a'"},
           Row{record(901, "ValueError", "", true), "score.py:31 in run: ValueError"},
           Row{record(901, "ValueError", "bad", false), "ValueError: bad"},
           Row{record(902, "OSError", "no model", true), "score.py:31 in run: OSError: no model"},
           Row{record(903, "SyntaxError", "invalid syntax", true),
               "score.py:31: SyntaxError: invalid syntax"},
           Row{record(904, "", "score.py has no function run", false),
               "score.py has no function run"},
           Row{record(905, "", "run returned int, not a list", true),
               "run returned int, not a list"},
           Row{record(906, "", "run returned 3 results for 5 items", false),
               "run returned 3 results for 5 items"},
           Row{record(907, "", "run returned None", true), "run returned None"},
           Row{record(908, "", "still running after 60 s (retry_settings.timeout)", true),
               "score.py:31 in run: still running after 60 s (retry_settings.timeout)"},
           Row{record(909, "", "not loaded after 600 s (--task_overhead_timeout)", false, "a.csv"),
               "a.csv: not loaded after 600 s (--task_overhead_timeout)"},
           Row{record(910, "", "the process crashed (SIGSEGV)", true),
               "score.py:31 in run: the process crashed (SIGSEGV)"},
           Row{record(911, "", "killed: out of memory (peak 7.9 GB, limit 8 GB)", true),
               "killed: out of memory (peak 7.9 GB, limit 8 GB)"},
           Row{record(912, "SystemExit", "the script ended its process (exit code 3)", true),
               "score.py:31 in run: the script ended its process (exit code 3)"},
           Row{record(913, "", "not UTF-8", false, "day-03.csv:9"), "day-03.csv:9: not UTF-8"},
           Row{record(914, "", "9 fields, the header has 8", false, "day-03.csv:1042"),
               "day-03.csv:1042: 9 fields, the header has 8"},
           Row{record(915, "FileNotFoundError", "[Errno 2] ...", true, "day-03.csv"),
               "day-03.csv vanished after it was listed"},
           Row{record(926, "ModuleNotFoundError", "No module named 'sklearn'", true),
               "score.py:31: ModuleNotFoundError: No module named 'sklearn'"},
       }) {
    EXPECT_EQ(failure_line(row.record), row.line);
  }
}

TEST(FailureLine, IsOneCleanLineOfBoundedLength) {
  EXPECT_EQ(failure_line(record(901, "E", "first\nsecond", false)), "E: first ...");
  EXPECT_EQ(failure_line(record(901, "E", "a\x1b[31mb", false)), "E: a\\x1b[31mb");
  std::string euros;
  for (int i = 0; i < 400; ++i) euros += "\xE2\x82\xAC";
  const std::string line = failure_line(record(901, "E", euros.c_str(), false));
  EXPECT_EQ(code_points(line), 3 + 300 + 3U);
  EXPECT_TRUE(is_valid_utf8(line));
}

TEST(FailureLine, OfANewKindSaysWhichTry) {
  EXPECT_EQ(new_failure_line(record(901, "E", "m", true), 17, 1, 3),
            "score.py:31 in run: E: m (mini-batch 17, try 1 of 3)");
}

Frame user(int line, const char* text) {
  return {"score.py", line, "run", text, true, "", 0, 1, 0};
}
Frame library(const char* file, int line, const char* function) {
  return {file, line, function, "raise", false, "", 0, 1, 0};
}

TEST(Stack, KeepsTheUsersFramesAndTheEndOfLibraries) {
  std::vector<Frame> frames = {user(31, "frame = load(path)")};
  for (int i = 0; i < 6; ++i) {
    frames.push_back(library("/usr/lib/python3/dist-packages/pandas/io/common.py", i, "open"));
  }
  frames.push_back(library("/usr/lib/python3/dist-packages/pandas/io/csv.py", 7, "read"));
  frames.push_back(user(40, ""));
  frames.push_back(library("/usr/lib/python3.11/json/decoder.py", 355, "raw_decode"));
  EXPECT_THAT(
      stack_lines(frames),
      testing::ElementsAre("score.py:31 in run            frame = load(path)",
                           "... 6 frames in pandas", "pandas/io/csv.py:7 in read    raise",
                           "score.py:40 in run", "json/decoder.py:355 in raw_decode  raise"));
}

TEST(Stack, WithoutAFrameOfTheUsersShowsAll) {
  EXPECT_EQ(stack_lines({library("a.py", 1, "f"), library("b.py", 2, "g"), library("c.py", 3, "h")})
                .size(),
            3U);
}

TEST(Stack, RecursionIsFolded) {
  Frame once = user(8, "walk(node)");
  once.repeated = 973;
  Frame pair = user(9, "b()");
  pair.repeated = 20;
  pair.period = 2;
  Frame gap = user(10, "c()");
  gap.omitted = 12;
  EXPECT_THAT(
      stack_lines({once, pair, gap}),
      testing::ElementsAre("score.py:8 in run             walk(node)", "... repeated 973 times",
                           "score.py:9 in run             b()", "... these 2 repeated 20 times",
                           "... 12 frames", "score.py:10 in run            c()"));
}

TEST(FailureDetails, ShowStackMessageChainNotesAndAdvice) {
  ErrorRecord full = parse_error_record(value_error("bad\\nworse", "a.csv"));
  full.notes = {"row 7 of the file"};
  full.detail = "Killed\n";
  EXPECT_THAT(
      failure_details(full),
      testing::ElementsAre("score.py:31 in run            price = parse(row[\"price\"])",
                           "lib/parse.py:8 in parse       return float(text)", "ValueError: bad",
                           "  worse", "while handling KeyError: 'EUR' (lib/parse.py:5 in parse)",
                           "row 7 of the file", "Killed"));
  EXPECT_THAT(failure_details(parse_error_record(out_of_memory())),
              testing::ElementsAre("killed: out of memory (peak 7.9 GB)",
                                   "help: lower max_concurrency_per_instance"));
  EXPECT_THAT(failure_details(record(905, "", "run returned int, not a list", true)),
              testing::ElementsAre("score.py:31 in run", "run returned int, not a list"));
  EXPECT_THAT(failure_details(record(915, "FileNotFoundError", "[Errno 2]", true, "a.csv")),
              testing::ElementsAre("score.py:31 in run", "FileNotFoundError: [Errno 2]",
                                   "a.csv vanished after it was listed",
                                   "help: keep inputs unchanged while a job runs"));
}

TEST(FailureDetails, OfALongChainTheFirstAndTheLastTwo) {
  ErrorRecord many = record(901, "E0", "", false);
  for (int i = 1; i <= 5; ++i) {
    many.chain.push_back({"caused by", "E" + std::to_string(i), "", std::nullopt, {}});
  }
  EXPECT_THAT(failure_details(many), testing::ElementsAre("E0", "caused by E1", "... 2 more",
                                                          "caused by E4", "caused by E5"));
}

TEST(FailureDetails, OfAGroupTheFirstLeavesAndTheirNumber) {
  ErrorRecord group = record(901, "ExceptionGroup", "several", false);
  group.leaf_count = 5;
  group.leaves = {{"", "ValueError", "a", CodePlace{"score.py", 3, "f"}, {}},
                  {"", "OSError", "b", std::nullopt, {}}};
  EXPECT_THAT(
      failure_details(group),
      testing::ElementsAre("ExceptionGroup: several", "1 of 5: ValueError: a (score.py:3 in f)",
                           "2 of 5: OSError: b"));
}

TEST(FailureDetails, OfALongDetailTheEnd) {
  ErrorRecord noisy = record(910, "", "the process crashed (SIGSEGV)", false);
  for (int i = 0; i < 40; ++i) noisy.detail += "line " + std::to_string(i) + "\n";
  const auto lines = failure_details(noisy);
  ASSERT_EQ(lines.size(), 13U);
  EXPECT_EQ(lines[1], "... 29 lines");
  EXPECT_EQ(lines.back(), "line 39");
}

TEST(GroupHeadline, CountsWhatFailedAndNamesTheFirst) {
  FailureGroup group;
  group.mini_batches = 8;
  group.tries = 24;
  group.messages = 4;
  group.first_mini_batch = 17;
  group.sample.item = "day-03/part-17.csv";
  EXPECT_EQ(group_headline(group),
            "8 mini-batches, 24 tries, 4 different messages; first: mini-batch 17, "
            "day-03/part-17.csv");
  group.sample.item = "";
  group.mini_batches = 1;
  group.messages = 1;
  group.first_worker = {NodeId{0}, 4};
  EXPECT_EQ(group_headline(group),
            "1 mini-batch, 24 tries; first: mini-batch 17 on node 0, process004");
  group.mini_batches = 0;
  group.tries = 1;
  EXPECT_EQ(group_headline(group),
            "1 try, succeeded later; first: mini-batch 17 on node 0, process004");
  group.open = 1;
  EXPECT_THAT(group_headline(group), testing::HasSubstr("1 try, not tried to the end"));
}

TEST(RestLine, SumsUpWhatIsNotShown) {
  EXPECT_EQ(rest_line({}), "");
  EXPECT_EQ(rest_line({2, 0, 4, 0}), "and 2 more kinds: 4 tries, succeeded later");
  EXPECT_EQ(rest_line({1, 3, 9, 0}), "and 1 more kind: 3 mini-batches, 9 tries");
  EXPECT_EQ(rest_line({1, 0, 1, 1}), "and 1 more kind: 1 try, not tried to the end");
}

}  // namespace
}  // namespace batchmill::runlog
