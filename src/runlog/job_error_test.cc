#include "runlog/job_error.h"

#include "runlog/sample_failures.h"
#include "runlog/step_failure.h"

namespace batchmill::runlog {
namespace {

constexpr const char* kLog = "/w/jobs/digits_7/steps/score/logs/job_error.txt";

SettingUse threshold_of_ten() {
  return {"mini_batch_error_threshold", "10", SettingOrigin::kNode, {"pipeline.yml", 31, 5, 9}};
}

// The failures of messages.md 3.1: eight mini-batches with a ValueError, three killed, four tries
// that helped.
FailureGroups sample_groups() {
  FailureGroups groups;
  for (std::uint64_t i = 0; i < 8; ++i) {
    for (std::uint16_t number = 1; number <= 3; ++number) {
      const std::string message = i < 5 ? "could not convert string to float: 'n/a'"
                                        : "could not convert " + std::to_string(i);
      groups.add(failure(17 + i, number, number == 3,
                         value_error(message, "day-03/part-" + std::to_string(17 + i) + ".csv")));
    }
  }
  for (std::uint64_t i = 0; i < 3; ++i) {
    for (std::uint16_t number = 1; number <= 3; ++number) {
      groups.add(
          failure(205 + i, number, number == 3, out_of_memory(), AttemptStatus::kProcessCrashed));
    }
  }
  for (const std::uint64_t i : {301U, 302U}) {
    groups.add(failure(i, 1, false, "", AttemptStatus::kNodeLost));
    groups.add(failure(i, 2, false, "", AttemptStatus::kRunTimeout));
    groups.add(success(i, 3));
  }
  return groups;
}

TEST(JobError, OfAThresholdIsTheBlockThatTheDocumentsShow) {
  const JobError error =
      parallel_job_error({"digits_7", "score", "", kLog, "pipeline.yml"},
                         stopped_by_mini_batches(11, 400, threshold_of_ten()), sample_groups());
  EXPECT_EQ(error.first_line,
            "score.py:31 in run: ValueError: could not convert string to float: 'n/a'");
  EXPECT_EQ(
      error.block,
      R"t(ERROR: score: score.py:31 in run: ValueError: could not convert string to float: 'n/a'
  stopped: 11 of 400 mini-batches failed; mini_batch_error_threshold is 10 (pipeline.yml:31:5)

  1. 8 mini-batches, 24 tries, 4 different messages; first: mini-batch 17, day-03/part-17.csv
     score.py:31 in run            price = parse(row["price"])
     lib/parse.py:8 in parse       return float(text)
     ValueError: could not convert string to float: 'n/a'
     while handling KeyError: 'EUR' (lib/parse.py:5 in parse)
  2. 3 mini-batches, 9 tries; first: mini-batch 205 on node 0, process004
     killed: out of memory (peak 7.9 GB)
     help: lower max_concurrency_per_instance
  3. 2 tries, succeeded later; first: mini-batch 301 on node 0, process004
     node 0 is lost
  and 1 more kind: 2 tries, succeeded later

  all:    /w/jobs/digits_7/steps/score/logs/job_error.txt
  try:    batchmill job try -f pipeline.yml --step score --mini-batch 17
  resume: batchmill job resume -n digits_7
  fixed:  batchmill job create -f pipeline.yml --resume-from digits_7 --accept-new-code
)t");
}

TEST(JobError, RendersTheSameFromItsJson) {
  const JobError error =
      parallel_job_error({"digits_7", "score", "", kLog, "pipeline.yml"},
                         stopped_by_mini_batches(11, 400, threshold_of_ten()), sample_groups());
  const auto failure = step_failure_from_json(error.json);
  ASSERT_TRUE(failure) << failure.error().message;
  EXPECT_EQ(failure_block(*failure, "ERROR"), error.block);
  EXPECT_EQ(failure->code, 901);
  EXPECT_EQ(failure->place, (CodePlace{"score.py", 31, "run"}));
  EXPECT_EQ(failure->stopped_by->name, "mini_batch_error_threshold");
  EXPECT_EQ(failure->stopped_by->value, "10");
  EXPECT_EQ(origin_text(*failure->stopped_by), "pipeline.yml:31:5");
  EXPECT_EQ(to_json(*failure), error.json);
}

TEST(JobError, OfAWorkerThatNeverStartedShowsItsStack) {
  JobErrorRequest request{"digits_7", "score", value_error("no model", ""), kLog};
  const JobError error =
      parallel_job_error(request, stopped_otherwise(902, "init failed 6 times on node 0"), {});
  EXPECT_EQ(error.block, R"t(ERROR: score: score.py:31 in run: ValueError: no model
  stopped: init failed 6 times on node 0

     score.py:31 in run            price = parse(row["price"])
     lib/parse.py:8 in parse       return float(text)
     ValueError: no model
     while handling KeyError: 'EUR' (lib/parse.py:5 in parse)

  all:    /w/jobs/digits_7/steps/score/logs/job_error.txt
  resume: batchmill job resume -n digits_7
)t");
}

TEST(JobError, OfAStepStoppedByOtherThanFailuresLeadsWithTheReason) {
  const JobError error = parallel_job_error({"digits_7", "score", "", kLog},
                                            stopped_by_empty_input("images", "/data/none"), {});
  EXPECT_EQ(error.block, R"t(ERROR: score: input 'images' is empty: no file below /data/none
  help:    --allow_empty_input True lets the step complete

  all:    /w/jobs/digits_7/steps/score/logs/job_error.txt
  resume: batchmill job resume -n digits_7
)t");
  EXPECT_EQ(step_failure_from_json(error.json)->code, 921);
}

TEST(JobError, OfACommandNamesItsLog) {
  const JobError error = command_job_error(
      {"digits_7", "train",
       R"({"code": 912, "type": "", "message": "the command ended with exit code 3", "place": null,)"
       R"( "frames": [], "chain": [], "notes": [], "item": "", "detail": "a\nb"})",
       "/w/std_log.txt"});
  EXPECT_EQ(error.block, R"t(ERROR: train: the command ended with exit code 3

     a
     b

  all:    /w/std_log.txt
  resume: batchmill job resume -n digits_7
)t");
}

TEST(JobErrorText, IsWrittenForACompletedStepToo) {
  FailureGroups groups;
  EXPECT_EQ(job_error_text({"j", "score", "", kLog}, std::nullopt, groups), "");
  groups.add(failure(3, 1, true, out_of_memory()));
  EXPECT_EQ(job_error_text({"j", "score", "", kLog}, std::nullopt, groups),
            R"t(score: failed attempts, most frequent first

  1. 1 mini-batch, 1 try; first: mini-batch 3 on node 0, process004
     killed: out of memory (peak 7.9 GB)
     help: lower max_concurrency_per_instance
)t");
}

TEST(JobErrorText, HasTwentyGroupsAndTheCode) {
  FailureGroups groups;
  for (int line = 1; line <= 30; ++line) {
    groups.add(
        failure(static_cast<std::uint64_t>(line), 1, true,
                R"({"code": 901, "type": "E", "message": "m", "place": {"file": "s.py", "line": )" +
                    std::to_string(line) + R"(, "function": "run"}})"));
  }
  const std::string text = job_error_text(
      {"j", "score", "", kLog}, stopped_by_mini_batches(30, 400, threshold_of_ten()), groups);
  EXPECT_THAT(text, testing::StartsWith("ERROR[BM901]: score: s.py:1 in run: E: m\n"));
  EXPECT_THAT(text, testing::HasSubstr("\n  20. 1 mini-batch, 1 try; first: mini-batch 20"));
  EXPECT_THAT(text, testing::HasSubstr("\n      s.py:20 in run\n      E: m\n"));
  EXPECT_THAT(text, testing::HasSubstr("  and 10 more kinds: 10 mini-batches, 10 tries\n"));
}

TEST(JobError, BrokenJsonIsReportedNotThrown) {
  for (const char* text : {"", "{}", R"({"code": "BMx", "message": ""})", R"({"code": 3})"}) {
    EXPECT_EQ(step_failure_from_json(text).error().kind, ErrorKind::kProtocol) << text;
  }
}

TEST(StopReason, HasTheWordsOfTheCatalogue) {
  const SettingUse argument{"error_threshold", "60", SettingOrigin::kArgument, {}};
  const SettingUse usual{
      "allowed_failed_percent", "5", SettingOrigin::kDefault, {"p.yml", 3, 1, 2}};
  const SettingUse from_set{"x", "5", SettingOrigin::kNode, {"--set a=5", 0, 3, 4}};
  struct Row {
    StopReason reason;
    int code;
    const char* text;
  };
  for (const Row& row : {
           Row{stopped_by_items(61, 2000, argument), 917,
               "61 of 2000 items failed; error_threshold is 60 (argument)"},
           Row{stopped_by_percent(21, 400, usual), 917,
               "5.2 % of 400 mini-batches failed; allowed_failed_percent is 5 (default)"},
           Row{stopped_by_items(6, 7, from_set), 917, "6 of 7 items failed; x is 5 (--set a=5)"},
           Row{stopped_before_first_task({"first_task_creation_timeout", "600", {}, {}}), 918,
               "no mini-batch started within 600 s (first_task_creation_timeout)"},
           Row{stopped_without_progress(std::chrono::seconds(780),
                                        {"progress_update_timeout", "780", {}, {}}),
               919, "no progress for 780 s (progress_update_timeout)"},
           Row{stopped_without_rows(400, "scores"), 920,
               "400 mini-batches returned no row; 'scores' has nothing to append"},
           Row{stopped_by_full_disk("/w/ledger.db", "the ledger"), 923,
               "disk full: /w/ledger.db (writing the ledger)"},
           Row{stopped_by_unwritable("/w/rows", "permission denied"), 924,
               "cannot write /w/rows: permission denied"},
           Row{stopped_otherwise(922, "all nodes are lost"), 922, "all nodes are lost"},
       }) {
    EXPECT_EQ(row.reason.code, row.code);
    EXPECT_EQ(row.reason.text, row.text);
  }
}

}  // namespace
}  // namespace batchmill::runlog
