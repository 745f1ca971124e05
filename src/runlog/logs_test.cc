#include <fstream>
#include <sstream>

#include "fakes/memory_files.h"
#include "runlog/execution_log.h"
#include "runlog/leader_log.h"
#include "runlog/log_tree.h"
#include "runlog/progress_overview.h"
#include "runlog/step_log.h"

namespace batchmill::runlog {
namespace {

constexpr std::int64_t kTime = 1'768'209'220'123'456;  // 2026-01-12T09:13:40.123456Z
constexpr std::int64_t kSecond = 1'000'000;

TEST(ExecutionLog, SpeaksTheOriginalsWords) {
  EXPECT_EQ(execution_stamp(WallTime{kTime}), "[2026-01-12 09:13:40Z] ");
  EXPECT_EQ(submitting_line("a"), "Submitting 1 run, first five are: a");
  EXPECT_EQ(submitting_line({"a", "b", "c", "d", "e", "f"}),
            "Submitting 6 runs, first five are: a, b, c, d, e");
  EXPECT_EQ(finished_line("digits_7_score", JobStatus::kFailed),
            "Completing processing run id digits_7_score: Failed");
}

TEST(LeaderLog, HasTimeLevelProcessThreadAndOneLine) {
  EXPECT_EQ(system_log_line(WallTime{kTime}, "INFO", 4711, "MainThread", "two\nlines"),
            "2026-01-12 09:13:40,123|INFO|4711|MainThread|two\\x0alines\n");
}

TEST(LogTree, NamesEveryFile) {
  const LogTree tree("/l");
  const WorkerId worker{NodeId{2}, 4};
  EXPECT_EQ(tree.progress_overview(WallTime{kTime}), "/l/job_progress_overview.2026011209.txt");
  EXPECT_EQ(tree.master_role(WallTime{kTime}), "/l/sys/master_role.20260112091340.txt");
  EXPECT_EQ(tree.user_stdout(worker), "/l/user/stdout/2/process004.stdout.txt");
  EXPECT_EQ(tree.user_stderr(worker), "/l/user/stderr/2/process004.stderr.txt");
  EXPECT_EQ(tree.entry_script_log(worker), "/l/user/entry_script_log/2/process004.log.txt");
  EXPECT_EQ(tree.user_error(worker), "/l/user/error/2/process004.txt");
  EXPECT_EQ(tree.sys_error(worker), "/l/sys/error/2/process004.txt");
  EXPECT_EQ(tree.node_main(NodeId{2}), "/l/sys/node/2/_main.txt");
  EXPECT_EQ(tree.perf(NodeId{2}), "/l/sys/perf/2");
  EXPECT_EQ(tree.node_process(worker), "/l/sys/node/2/process004.txt");
  EXPECT_EQ(tree.sys_error_main(NodeId{2}), "/l/sys/error/2/_main.txt");
  EXPECT_EQ(tree.sys_warning_main(NodeId{2}), "/l/sys/warning/2/_main.txt");
  EXPECT_EQ(tree.progress_series(WallTime{kTime}), "/l/sys/metrics/20260112091340/progress.csv");
  EXPECT_EQ(tree.processed_mini_batches(), "/l/sys/job_report/processed_mini-batches.csv");
}

// The table in the document, the one in readme.txt and the names in code are the same.
TEST(LogTree, ReadmeNamesTheFilesThatTheProgramWrites) {
  const LogTree tree("");
  const WorkerId worker{NodeId{0}, 0};
  const auto generic = [](std::string path) {
    const auto replace = [&](const std::string& found, const std::string& by) {
      if (const auto at = path.find(found); at != std::string::npos)
        path.replace(at, found.size(), by);
    };
    replace("/0/", "/<node>/");
    replace("process000", "<proc>");
    replace("2026011209.", "<yyyymmddhh>.");
    replace("20260112091340", "<stamp>");
    return path.substr(1);
  };
  std::set<std::string> documented;
  for (const LogTreeEntry& entry : log_tree_entries()) documented.insert(entry.path);
  for (const std::string& path : {tree.readme(),
                                  tree.job_result(),
                                  tree.job_error(),
                                  tree.progress_overview(WallTime{kTime}),
                                  tree.user_stdout(worker),
                                  tree.user_stderr(worker),
                                  tree.entry_script_log(worker),
                                  tree.user_error(worker),
                                  tree.master_role(WallTime{kTime}),
                                  tree.sys_error(worker),
                                  tree.node_main(NodeId{0}),
                                  tree.sys_error_main(NodeId{0}),
                                  tree.sys_warning_main(NodeId{0}),
                                  tree.sys_warning(worker),
                                  tree.node_process(worker),
                                  tree.progress_series(WallTime{kTime}),
                                  tree.processed_mini_batches(),
                                  tree.process_summary(),
                                  tree.node_summary(),
                                  tree.failed_items()}) {
    EXPECT_EQ(documented.erase(generic(path)), 1U) << path;
  }
  // The worker's tests name its profile, the agent's those of the resource monitor.
  EXPECT_EQ(documented.erase("sys/node/<node>/<proc>.profile"), 1U);
  EXPECT_EQ(
      std::erase_if(documented, [below = generic(tree.perf(NodeId{0}) + "/")](
                                    const std::string& path) { return path.starts_with(below); }),
      5U);
  EXPECT_THAT(documented, testing::IsEmpty());
}

TEST(LogTree, IsInTheDocument) {
  std::ifstream file(BATCHMILL_SOURCE_DIR "/docs/formats/log-tree.md");
  std::stringstream document;
  document << file.rdbuf();
  for (const LogTreeEntry& entry : log_tree_entries()) {
    EXPECT_THAT(document.str(),
                testing::HasSubstr("| `" + entry.path + "` | " + entry.content + " |\n"));
  }
}

TEST(LogTree, IsCreatedWithItsReadme) {
  fakes::MemoryFiles files;
  ASSERT_TRUE(make_log_tree(files, "/s/logs"));
  EXPECT_TRUE(files.exists("/s/logs/user/stdout"));
  EXPECT_TRUE(files.exists("/s/logs/sys/job_report"));
  EXPECT_EQ(files.content("/s/logs/readme.txt"), log_tree_readme());
  files.fill_disk();
  EXPECT_EQ(make_log_tree(files, "/s/logs").error().kind, ErrorKind::kDiskFull);
}

StepProgress running(std::uint64_t done) {
  StepProgress step;
  step.phase = "running";
  step.elapsed_s = 166;
  step.mini_batches = {done, 2, 400, true};
  step.busy = 3;
  step.ready = 4;
  return step;
}

TEST(ProgressOverview, SaysWhereTheStepIs) {
  StepProgress merging = running(400);
  merging.phase = "merging";
  merging.merged_fraction = 0.64;
  StepProgress listing = running(0);
  listing.phase = "listing";
  StepProgress unknown = running(240);
  unknown.mini_batches.total_known = false;
  unknown.left_s = SecondsRange{55, 80};
  StepProgress waiting;
  EXPECT_EQ(overview_started(NodeId{0}), "The progress overviewer started on node 0.");
  EXPECT_EQ(overview_setting({"timeout", "60", SettingOrigin::kDefault, {}}),
            "Setting timeout: 60 (default)");
  EXPECT_EQ(overview_setting({"timeout", "90", SettingOrigin::kNode, {"p.yml", 12, 5}}),
            "Setting timeout: 90 (node, p.yml:12:5)");
  EXPECT_EQ(overview_setting({"resume_from", "", SettingOrigin::kDefault, {}}),
            "Setting resume_from: none (default)");
  EXPECT_EQ(overview_scheduled(400, 2000, std::chrono::milliseconds(1500)),
            "Scheduling finished: 400 mini-batches of 2000 items in 1.5 s.");
  EXPECT_EQ(overview_progress(running(0)),
            "No mini-batch has been processed yet; 3 of 4 workers are busy, after 2 min 46 s.");
  EXPECT_EQ(overview_progress(running(240)),
            "Processed 240 of 400 mini-batches (2 failed) in 2 min 46 s.");
  EXPECT_EQ(overview_progress(unknown),
            "Processed 240 of 400+ mini-batches (2 failed) in 2 min 46 s. Estimated remaining "
            "time: 55 to 80 s.");
  EXPECT_EQ(overview_progress(merging), "Concatenating rows: 64 %.");
  EXPECT_EQ(overview_progress(listing), "Scheduling: 400 mini-batches so far.");
  EXPECT_EQ(overview_progress(waiting), "");
  EXPECT_EQ(overview_result(JobStatus::kFailed, "why"), "The step is Failed: why");
  EXPECT_EQ(overview_result(JobStatus::kCompleted, ""), "The step is Completed.");
}

TEST(ProgressOverview, WritesProgressEveryTenSecondsAndANewFileEachDay) {
  fakes::MemoryFiles files;
  ProgressOverview overview(files, LogTree("/l"), WallTime{kTime});
  const std::string path = "/l/job_progress_overview.2026011209.txt";
  overview.write(WallTime{kTime}, "a");
  for (int second = 1; second <= 25; ++second) {
    overview.progress(WallTime{kTime + second * kSecond}, running(240));
  }
  EXPECT_EQ(
      files.content(path),
      "2026-01-12T09:13:40.123456+00:00 a\n"
      "2026-01-12T09:13:50.123456+00:00 Processed 240 of 400 mini-batches (2 failed) in 2 min "
      "46 s.\n"
      "2026-01-12T09:14:00.123456+00:00 Processed 240 of 400 mini-batches (2 failed) in 2 min "
      "46 s.\n");
  overview.write(WallTime{kTime + 15 * 3600 * kSecond}, "b");
  EXPECT_EQ(files.content("/l/job_progress_overview.2026011300.txt"),
            "2026-01-13T00:13:40.123456+00:00 b\n");
  EXPECT_TRUE(overview.state());
  files.fill_disk();
  overview.write(WallTime{kTime}, "c");
  EXPECT_EQ(overview.state().error().kind, ErrorKind::kDiskFull);
}

TEST(ProgressOverview, Spec7_1EachFileBeginsWithTheSettings) {
  fakes::MemoryFiles files;
  ProgressOverview overview(files, LogTree("/l"), WallTime{kTime});
  overview.set_head(WallTime{kTime}, {"Setting timeout: 60 (default)"});
  overview.write(WallTime{kTime + 15 * 3600 * kSecond}, "b");
  EXPECT_EQ(files.content("/l/job_progress_overview.2026011209.txt"),
            "2026-01-12T09:13:40.123456+00:00 Setting timeout: 60 (default)\n");
  EXPECT_EQ(files.content("/l/job_progress_overview.2026011300.txt"),
            "2026-01-13T00:13:40.123456+00:00 Setting timeout: 60 (default)\n"
            "2026-01-13T00:13:40.123456+00:00 b\n");
}

class StepLogTest : public testing::Test {
 protected:
  StepLog log(LoggingLevel level = LoggingLevel::kInfo) {
    StepLogPlan plan{StepFolder("/s"), "score", "digits_7_score", level, "a.", "/job/m", 4711};
    return StepLog(files_, std::move(plan), WallTime{kTime});
  }
  std::string content(const std::string& path) const {
    return files_.content(path).value_or("(no file)");
  }
  static WallTime after(std::int64_t seconds) { return WallTime{kTime + seconds * kSecond}; }
  fakes::MemoryFiles files_;
};

TEST_F(StepLogTest, Spec7_1TellsTheSameStoryToUsersAndOperators) {
  StepLog log = this->log();
  log.begun(after(0));
  log.settings(after(0), {{"timeout", "60", SettingOrigin::kDefault, {}}});
  log.scheduled(after(1), 400, 2000, std::chrono::seconds(1));
  log.progress(after(5), running(240));
  log.progress(after(10), running(240));
  log.concatenating(after(11));
  log.concatenated(after(12), 1660);
  log.ended(after(13), JobStatus::kFailed, "why", running(400));
  EXPECT_EQ(
      content("/s/logs/job_progress_overview.2026011209.txt"),
      "2026-01-12T09:13:40.123456+00:00 The progress overviewer started on node 0.\n"
      "2026-01-12T09:13:40.123456+00:00 Setting timeout: 60 (default)\n"
      "2026-01-12T09:13:41.123456+00:00 Scheduling finished: 400 mini-batches of 2000 items in "
      "1.0 s.\n"
      "2026-01-12T09:13:50.123456+00:00 Processed 240 of 400 mini-batches (2 failed) in 2 min 46 "
      "s.\n"
      "2026-01-12T09:13:51.123456+00:00 Concatenation of the rows started.\n"
      "2026-01-12T09:13:52.123456+00:00 Concatenation finished: 1660 rows.\n"
      "2026-01-12T09:13:53.123456+00:00 The progress overviewer stopped.\n"
      "2026-01-12T09:13:53.123456+00:00 The step is Failed: why\n");
  EXPECT_EQ(content("/s/logs/sys/master_role.20260112091340.txt"),
            "2026-01-12 09:13:40,123|INFO|4711|MainThread|digits_7_score is led from here\n"
            "2026-01-12 09:13:41,123|INFO|4711|MainThread|Scheduling finished: 400 mini-batches of "
            "2000 items in 1.0 s.\n"
            "2026-01-12 09:13:50,123|INFO|4711|MainThread|Processed 240 of 400 mini-batches (2 "
            "failed) in 2 min 46 s.\n"
            "2026-01-12 09:13:51,123|INFO|4711|MainThread|Concatenation of the rows started.\n"
            "2026-01-12 09:13:52,123|INFO|4711|MainThread|Concatenation finished: 1660 rows.\n"
            "2026-01-12 09:13:53,123|ERROR|4711|MainThread|The step is Failed: why\n");
  files_.fill_disk();
  log.ended(after(0), JobStatus::kCompleted, "", {});  // lost, and nobody is disturbed
}

TEST_F(StepLogTest, Spec7_3WarningsAndErrorsHaveFilesOfTheirOwn) {
  StepLog log = this->log();
  log.node(after(0), NodeId{2}, "INFO", "process004 started");
  log.node(after(0), NodeId{2}, "WARNING", "process004 ended, return code -9");
  log.node(after(0), NodeId{2}, "ERROR", "node 2 is lost");
  log.leader(after(0), "ERROR", "why");
  log.worker_warning(after(0), {NodeId{2}, 4}, "more results than items");
  const std::string head = "2026-01-12 09:13:40,123|";
  const std::string warning = head + "WARNING|4711|MainThread|process004 ended, return code -9\n";
  const std::string error = head + "ERROR|4711|MainThread|node 2 is lost\n";
  EXPECT_EQ(content("/s/logs/sys/node/2/_main.txt"),
            head + "INFO|4711|MainThread|process004 started\n" + warning + error);
  EXPECT_EQ(content("/s/logs/sys/warning/2/_main.txt"), warning);
  EXPECT_EQ(content("/s/logs/sys/error/2/_main.txt"), error);
  EXPECT_EQ(content("/s/logs/sys/error/0/_main.txt"), head + "ERROR|4711|MainThread|why\n");
  EXPECT_EQ(content("/s/logs/sys/warning/2/process004.txt"),
            head + "WARNING|4711|MainThread|more results than items\n");
}

TEST_F(StepLogTest, LoggingLevelDecidesWhatTheLeaderTells) {
  for (const auto& [level, lines] : std::vector<std::pair<LoggingLevel, int>>{
           {LoggingLevel::kDebug, 4}, {LoggingLevel::kInfo, 3}, {LoggingLevel::kWarning, 2}}) {
    files_ = fakes::MemoryFiles();
    StepLog log = this->log(level);
    for (const char* line : {"DEBUG", "INFO", "WARNING", "ERROR"}) log.leader(after(0), line, "x");
    EXPECT_EQ(std::ranges::count(content("/s/logs/sys/master_role.20260112091340.txt"), '\n'),
              lines);
  }
}

TEST_F(StepLogTest, Spec7_1TheLaunchersLogsEndWithTheExitCodeOfTheirNode) {
  StepLog log = this->log();
  log.begun(after(0));
  log.node_joined(after(1), NodeId{0});
  log.node_joined(after(2), NodeId{1});
  log.node_joined(after(3), NodeId{1});  // it lost its connection, and is back
  log.ended(after(4), JobStatus::kFailed, "why", {});
  const std::string expected =
      "[2026-01-12T09:13:40.123456+00:00] parallel step digits_7_score, logs in /s/logs\n"
      "[2026-01-12T09:13:41.123456+00:00] node 0 is ready\n"
      "[2026-01-12T09:13:44.123456+00:00] the step is Failed\n"
      "SystemExit: 42\n";
  EXPECT_EQ(content("/s/azureml-logs/70_driver_log.txt"), expected);
  EXPECT_EQ(content("/s/user_logs/std_log_0.txt"), expected);
  EXPECT_EQ(content("/s/user_logs/std_log_1.txt"),
            "[2026-01-12T09:13:42.123456+00:00] node 1 is ready\n"
            "[2026-01-12T09:13:43.123456+00:00] node 1 is ready\n"
            "SystemExit: 41\n");
}

TEST_F(StepLogTest, Spec7_3ProgressIsASeriesOverTime) {
  StepLog log = this->log();
  StepProgress listing = running(0);
  listing.mini_batches = {0, 0, 120, false};
  StepProgress estimated = running(240);
  estimated.left_s = SecondsRange{50, 80};
  for (int second = 0; second <= 10; ++second) log.progress(after(second), listing);
  log.progress(after(20), estimated);
  log.progress(after(25), estimated);
  log.ended(after(26), JobStatus::kCompleted, "", running(400));
  EXPECT_EQ(content("/s/logs/sys/metrics/20260112091340/progress.csv"),
            "Datetime,Total Tasks,Scheduled Tasks,Completed Tasks,Failed Tasks,Elapsed Time,"
            "Estimated Remaining Time\n"
            "2026-01-12T09:13:50.123456+00:00,N/A,120,0,0,166.0,N/A\n"
            "2026-01-12T09:14:00.123456+00:00,400,400,238,2,166.0,65\n"
            "2026-01-12T09:14:06.123456+00:00,400,400,398,2,166.0,N/A\n");
}

TEST_F(StepLogTest, Spec8MetricsAreKeptByTheStepAndOnRequestByTheJob) {
  StepLog log = this->log();
  StepProgress step = running(240);
  step.items = {1195, 5, 2000, true};
  step.retried = 9;
  step.left_s = SecondsRange{50, 80};
  log.progress(after(5), step);
  log.progress(after(10), step);
  const std::string time = R"({"time":"2026-01-12T09:13:50.123456+00:00","name":"a.)";
  EXPECT_EQ(content("/s/metrics.jsonl"),
            time + "Total Mini Batches\",\"value\":400}\n" +              //
                time + "Processed Mini Batches\",\"value\":240}\n" +      //
                time + "Failed Mini Batches\",\"value\":2}\n" +           //
                time + "Remaining Mini Batches\",\"value\":160}\n" +      //
                time + "Total Items\",\"value\":2000}\n" +                //
                time + "Processed Items\",\"value\":1195}\n" +            //
                time + "Failed Items\",\"value\":5}\n" +                  //
                time + "Remaining Items\",\"value\":805}\n" +             //
                time + "Job progress\",\"value\":60}\n" +                 //
                time + "Estimated remaining seconds\",\"value\":65}\n" +  //
                time + "Active workers\",\"value\":4}\n" +                //
                time + "Attempts\",\"value\":249}\n");
  EXPECT_THAT(content("/job/m"),
              testing::StartsWith(time + R"(Total Mini Batches","value":400,"step":"score"})"));
}

}  // namespace
}  // namespace batchmill::runlog
