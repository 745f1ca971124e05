#include "runlog/error_record.h"

#include "runlog/sample_failures.h"

namespace batchmill::runlog {
namespace {

TEST(ErrorRecord, ReadsWhatAWorkerSays) {
  const ErrorRecord record = parse_error_record(value_error("could not convert", "a.csv"));
  EXPECT_EQ(record.code, 901);
  EXPECT_EQ(record.raised.type, "ValueError");
  EXPECT_EQ(record.raised.message, "could not convert");
  EXPECT_EQ(record.raised.place, (CodePlace{"score.py", 31, "run"}));
  ASSERT_EQ(record.raised.frames.size(), 2U);
  EXPECT_EQ(record.raised.frames[1].file, "lib/parse.py");
  EXPECT_TRUE(record.raised.frames[1].user);
  ASSERT_EQ(record.chain.size(), 1U);
  EXPECT_EQ(record.chain[0].link, "while handling");
  EXPECT_EQ(record.item, "a.csv");
  EXPECT_FALSE(record.mini_batch);
}

TEST(ErrorRecord, WrittenAndReadAgainIsTheSame) {
  const std::string text =
      R"({"code":901,"type":"E","message":"m","place":null,"frames":[{"file":"/l/x.py","line":3,)"
      R"("function":"f","text":"t","user":false,"library":"x","repeated":9,"period":2,"omitted":4}],)"
      R"("chain":[],"notes":["n"],"group":{"count":5,"leaves":[{"type":"A","message":"b","place":null,)"
      R"("frames":[]}]},"item":"i","mini_batch":7,"detail":"d"})";
  EXPECT_EQ(to_json(parse_error_record(text)), text);
}

TEST(ErrorRecord, WhatIsNoRecordIsStillTold) {
  for (const char* text : {"boom", "", "{}", "[1]", R"({"code": "x"})"}) {
    const ErrorRecord record = parse_error_record(text);
    EXPECT_EQ(record.code, 901) << text;
    EXPECT_EQ(record.raised.message, text);
  }
  EXPECT_EQ(parse_error_record(R"({"code": 905})").code, 905) << "absent keys are not said";
  EXPECT_EQ(parse_error_record(R"({"code": 905, "message": null, "chain": null})").code, 905);
}

TEST(ErrorRecord, InvalidTextNeverStopsAReport) {
  ErrorRecord record;
  record.raised.message =
      "a\xFF"
      "b";
  EXPECT_EQ(parse_error_record(to_json(record)).raised.message,
            "a\xEF\xBF\xBD"
            "b");
}

TEST(ErrorRecord, AnAttemptWithoutARecordIsDescribedByItsStatus) {
  struct Row {
    AttemptStatus status;
    int code;
    const char* message;
  };
  for (const Row& row : {
           Row{AttemptStatus::kRunShort, 906, "run returned 3 results for 5 items"},
           Row{AttemptStatus::kRunTimeout, 908, "still running after 0.5 s"},
           Row{AttemptStatus::kLoadTimeout, 909, "not loaded after 0.5 s"},
           Row{AttemptStatus::kProcessCrashed, 910, "the process crashed"},
           Row{AttemptStatus::kLoadException, 913, "the mini-batch could not be loaded"},
           Row{AttemptStatus::kNodeLost, 922, "node 0 is lost"},
       }) {
    AttemptRecord attempt = failure(17, 1, true, "", row.status);
    attempt.outcome.succeeded = 3;
    const ErrorRecord record = error_record_of(attempt);
    EXPECT_EQ(record.code, row.code);
    EXPECT_EQ(record.raised.message, row.message);
    EXPECT_EQ(record.mini_batch, 17U);
  }
}

}  // namespace
}  // namespace batchmill::runlog
