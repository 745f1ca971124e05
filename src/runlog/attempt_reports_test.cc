#include "runlog/attempt_reports.h"

#include <chrono>
#include <cstdio>

#include "fakes/fixed_ledger.h"
#include "fakes/memory_files.h"
#include "runlog/sample_failures.h"
#include "runlog/system_errors.h"

namespace batchmill::runlog {
namespace {

AttemptRecord short_return() {
  AttemptRecord attempt = failure(2, 3, true, "", AttemptStatus::kRunShort);
  attempt.outcome.succeeded = 3;
  attempt.outcome.rows.rows = 3;
  attempt.rows_count = true;
  attempt.worker = {NodeId{1}, 0};
  return attempt;
}

FixedLedger sample_ledger() {
  FixedLedger ledger;
  ledger.attempts = {success(0), failure(1, 1, false, value_error("bad, \\\"x\\\"", "a,b.csv")),
                     short_return(), success(1, 2)};
  return ledger;
}

AttemptReportOptions sample_options() {
  AttemptReportOptions options;
  options.describe = [](MiniBatchId id, ItemRange, std::string& json) {
    json += R"({"records": [)" + std::to_string(id.value * 5) + ", 5]}";
  };
  ScriptEvent init;
  init.worker = {NodeId{0}, 4};
  init.time = WallTime{kNoon};
  init.elapsed = std::chrono::milliseconds(3'100);
  init.status = "ENTRY_SCRIPT_INIT_DONE";
  ScriptEvent failed = init;
  failed.time = WallTime{kNoon + 400'000};
  failed.status = "ENTRY_SCRIPT_INIT_EXCEPTION";
  failed.error = value_error("no model", "");
  options.events = {init, failed};
  options.gpus[init.worker] = 3;
  return options;
}

constexpr const char* kReport = "/l/sys/job_report/processed_mini-batches.csv";

TEST(AttemptReports, EveryAttemptHasItsRow) {
  fakes::MemoryFiles files;
  ASSERT_TRUE(write_attempt_reports(files, sample_ledger(), LogTree("/l"), sample_options()));
  EXPECT_EQ(
      files.content(kReport),
      R"csv(Mini-batch Id,Picked Count,Node,Process,Start Time,Total,Succeeded,Failed,Elapsed Seconds,Process Seconds,Run Method Seconds,Status,Error Category,Error Message,Mini-batch Detail,Peak Memory (MB),Part,GPU
N/A,N/A,0,process004,2026-01-12T12:00:00.000000+00:00,N/A,N/A,N/A,3.100000,N/A,N/A,ENTRY_SCRIPT_INIT_DONE,N/A,N/A,N/A,N/A,N/A,3
0,1,0,process004,2026-01-12T12:00:00.000000+00:00,5,5,0,0.520001,1.470000,0.480000,RUN_DONE,N/A,N/A,"{""records"": [0, 5]}",79.1,N/A,3
1,1,0,process004,2026-01-12T12:00:00.250000+00:00,5,0,5,0.520001,1.470000,0.480000,RUN_EXCEPTION,ValueError,"score.py:31 in run: ValueError: bad, ""x""","{""records"": [5, 5]}",79.1,N/A,3
N/A,N/A,0,process004,2026-01-12T12:00:00.400000+00:00,N/A,N/A,N/A,3.100000,N/A,N/A,ENTRY_SCRIPT_INIT_EXCEPTION,ValueError,score.py:31 in run: ValueError: no model,N/A,N/A,N/A,3
2,3,1,process000,2026-01-12T12:00:00.500000+00:00,5,3,2,0.520001,1.470000,0.480000,RUN_SHORT,short return,run returned 3 results for 5 items,"{""records"": [10, 5]}",79.1,N/A,N/A
1,2,0,process004,2026-01-12T12:00:00.250000+00:00,5,5,0,0.520001,1.470000,0.480000,RUN_DONE,N/A,N/A,"{""records"": [5, 5]}",79.1,N/A,3
)csv");
}

TEST(AttemptReports, PartsOfABisectedMiniBatchAreNamed) {
  FixedLedger ledger;
  ledger.attempts = {part(failure(7, 1, true, value_error("bad", "")), 3, 2)};
  fakes::MemoryFiles files;
  ASSERT_TRUE(write_attempt_reports(files, ledger, LogTree("/l"), {}));
  EXPECT_THAT(*files.content(kReport), testing::EndsWith(",79.1,3-4,N/A\n"));
  EXPECT_THAT(*files.content("/l/sys/job_report/failed_items.csv"),
              testing::HasSubstr("\n7,3,N/A,0,process004,RUN_EXCEPTION,ValueError,"));
  EXPECT_THAT(*files.content("/l/sys/error/0/process004.txt"),
              testing::HasSubstr(R"("task_id":7,"part":"3-4","dequeue_count":1)"));
}

TEST(AttemptReports, WorkIsSummedPerProcessAndNode) {
  fakes::MemoryFiles files;
  ASSERT_TRUE(write_attempt_reports(files, sample_ledger(), LogTree("/l"), {}));
  EXPECT_EQ(
      files.content("/l/sys/job_report/process_summary.csv"),
      R"(Node,Process,Attempts,Succeeded,Failed,Items,Items Succeeded,Elapsed Seconds,Process Seconds,Run Method Seconds,Longest Run Method Seconds,Peak Memory (MB),GPU
0,process004,3,2,1,15,10,1.560003,4.410000,1.440000,0.480000,79,N/A
1,process000,1,0,1,5,3,0.520001,1.470000,0.480000,0.480000,79,N/A
)");
  EXPECT_EQ(
      files.content("/l/sys/job_report/node_summary.csv"),
      R"(Node,Processes,Attempts,Succeeded,Failed,Items,Items Succeeded,Elapsed Seconds,Process Seconds,Run Method Seconds,Longest Run Method Seconds,Peak Memory (MB)
0,1,3,2,1,15,10,1.560003,4.410000,1.440000,0.480000,79
1,1,1,0,1,5,3,0.520001,1.470000,0.480000,0.480000,79
)");
}

TEST(AttemptReports, FailedAttemptsAreJsonLinesPerProcess) {
  fakes::MemoryFiles files;
  files.put("/l/sys/error/0/process009.txt", "of an earlier leader");
  files.put("/l/sys/error/0/_main.txt", "kept");
  ASSERT_TRUE(write_attempt_reports(files, sample_ledger(), LogTree("/l"), {}));
  EXPECT_EQ(
      files.content("/l/sys/error/0/process004.txt"),
      R"({"agent":"0/process004","task_id":1,"dequeue_count":1,"total":5,"succeeded":0,"method":"run",)"
      R"("exc_type":"ValueError","message":"bad, \"x\"","run_method_duration":0.48,"status":"RUN_EXCEPTION"})"
      "\n");
  EXPECT_TRUE(files.exists("/l/sys/error/1/process000.txt"));
  EXPECT_FALSE(files.exists("/l/sys/error/0/process009.txt"));
  EXPECT_TRUE(files.exists("/l/sys/error/0/_main.txt"));
}

TEST(AttemptReports, MayBeRepeatedAndLeaveNothingBehindWhenTheDiskIsFull) {
  fakes::MemoryFiles files;
  ASSERT_TRUE(write_attempt_reports(files, sample_ledger(), LogTree("/l"), {}));
  const auto before = files.all_contents();
  files.put(std::string(kReport) + ".tmp", "of a leader that died here");
  ASSERT_TRUE(write_attempt_reports(files, sample_ledger(), LogTree("/l"), {}));
  EXPECT_EQ(files.all_contents(), before);
  files.fill_disk();
  EXPECT_EQ(write_attempt_reports(files, sample_ledger(), LogTree("/l"), {}).error().kind,
            ErrorKind::kDiskFull);
}

TEST(AttemptReports, GiveTheFiguresOfTheStep) {
  FixedLedger ledger = sample_ledger();
  AttemptRecord forgotten = failure(7, 1, false, value_error("x", ""));
  forgotten.forgotten = true;
  ledger.attempts.push_back(forgotten);
  ledger.attempts.push_back(failure(8, 3, true, value_error("x", "")));
  fakes::MemoryFiles files;
  int seen = 0;
  AttemptReportOptions options;
  options.also = [&](const AttemptRecord&) { ++seen; };
  const auto reports = write_attempt_reports(files, ledger, LogTree("/l"), std::move(options));
  ASSERT_TRUE(reports);
  EXPECT_EQ(seen, 6);
  const StepFigures figures = reports->work.figures(9);
  EXPECT_EQ(figures.mini_batches, 9U);
  EXPECT_EQ(figures.mini_batches_succeeded, 2U);
  EXPECT_EQ(figures.mini_batches_failed, 2U);
  EXPECT_EQ(figures.tries, 5U) << "the forgotten one does not count";
  EXPECT_EQ(figures.items, 20U);
  EXPECT_EQ(figures.items_succeeded, 13U) << "a last short return counts what it returned";
  EXPECT_EQ(figures.items_failed, 7U);
  EXPECT_EQ(figures.rows, 13U);
  EXPECT_EQ(figures.run_median, Duration(std::chrono::milliseconds(480)));
  EXPECT_EQ(reports->failures.sorted().size(), 2U);
}

TEST(WorkSummary, Spec5_4ABisectedMiniBatchIsOneAndItsItemsCountByParts) {
  WorkSummary work;
  work.add(success(0));
  work.add(split(failure(1, 1, false, "")));
  work.add(part(success(1), 0, 3));
  work.add(split(part(failure(1, 1, false, ""), 3, 2)));
  EXPECT_EQ(work.figures(2).mini_batches_succeeded, 1U) << "not covered yet";
  work.add(part(failure(1, 1, true, ""), 3, 1));
  work.add(part(success(1), 4, 1));
  const StepFigures figures = work.figures(2);
  EXPECT_EQ(figures.mini_batches_succeeded, 1U);
  EXPECT_EQ(figures.mini_batches_failed, 1U);
  EXPECT_EQ(figures.items, 10U);
  EXPECT_EQ(figures.items_succeeded, 9U);
  EXPECT_EQ(figures.items_failed, 1U);
  EXPECT_EQ(figures.rows, 9U);
  EXPECT_EQ(figures.tries, 6U);
}

TEST(WorkSummary, MedianAndPercentileAreExact) {
  WorkSummary work;
  for (int i = 100; i >= 1; --i) {
    AttemptRecord attempt = success(static_cast<std::uint64_t>(i));
    attempt.outcome.run = std::chrono::milliseconds(i);
    work.add(attempt);
  }
  EXPECT_EQ(work.figures(100).run_p95, Duration(std::chrono::milliseconds(95)));
  EXPECT_EQ(work.figures(100).run_median, Duration(std::chrono::milliseconds(51)));
  EXPECT_FALSE(WorkSummary().figures(0).run_median);
}

// Forgets what it is given, so that the test measures the report alone.
class Sink : public fakes::MemoryFiles {
 public:
  std::size_t bytes = 0;
  Result<void> append(const std::string& path, std::string_view piece) override {
    bytes += piece.size();
    put(path, "");
    return {};
  }
};

TEST(AttemptReports, AMillionRowsAreStreamed) {
  constexpr std::uint64_t kRows = 1'000'000;
  class Many : public FixedLedger {
   public:
    Result<void> for_each_attempt(
        bool, const std::function<bool(const AttemptRecord&)>& visit) const override {
      AttemptRecord attempt = success(0);
      for (std::uint64_t i = 0; i < kRows; ++i) {
        attempt.id.mini_batch.value = i;
        attempt.outcome.started.micros += 700;
        visit(attempt);
      }
      return {};
    }
  };
  Sink files;
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(write_attempt_reports(files, Many(), LogTree("/l"), {}));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
  std::printf("[ measured ] %.2f us per row\n", took.count() * 1e6 / kRows);
  EXPECT_GT(files.bytes, kRows * 100);
}

}  // namespace
}  // namespace batchmill::runlog
