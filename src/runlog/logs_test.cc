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
  for (const std::string& path :
       {tree.readme(), tree.job_result(), tree.job_error(), tree.progress_overview(WallTime{kTime}),
        tree.user_stdout(worker), tree.user_stderr(worker), tree.entry_script_log(worker),
        tree.user_error(worker), tree.master_role(WallTime{kTime}), tree.sys_error(worker),
        tree.node_main(NodeId{0}), tree.processed_mini_batches(), tree.process_summary(),
        tree.node_summary(), tree.failed_items()}) {
    EXPECT_EQ(documented.erase(generic(path)), 1U) << path;
  }
  // The agent's tests name those of the resource monitor.
  EXPECT_EQ(std::erase_if(documented,
                          [below = generic(tree.perf(NodeId{0}) + "/")](const std::string& path) {
                            return path.starts_with(below);
                          }),
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

TEST(StepLog, TellsTheSameStoryToUsersAndOperators) {
  fakes::MemoryFiles files;
  StepLog log(files, LogTree("/l"), WallTime{kTime}, 4711);
  log.begun(WallTime{kTime}, "digits_7_score");
  log.scheduled(WallTime{kTime + kSecond}, 400, 2000, std::chrono::seconds(1));
  log.progress(WallTime{kTime + 5 * kSecond}, running(240));
  log.node(WallTime{kTime + 6 * kSecond}, NodeId{2}, "WARNING", "process004 ended: return code -9");
  log.ended(WallTime{kTime + 7 * kSecond}, JobStatus::kFailed, "why");
  EXPECT_EQ(
      files.content("/l/job_progress_overview.2026011209.txt"),
      "2026-01-12T09:13:40.123456+00:00 The progress overviewer started on node 0.\n"
      "2026-01-12T09:13:41.123456+00:00 Scheduling finished: 400 mini-batches of 2000 items in "
      "1.0 s.\n"
      "2026-01-12T09:13:47.123456+00:00 The progress overviewer stopped.\n"
      "2026-01-12T09:13:47.123456+00:00 The step is Failed: why\n");
  EXPECT_EQ(files.content("/l/sys/master_role.20260112091340.txt"),
            "2026-01-12 09:13:40,123|INFO|4711|MainThread|digits_7_score is led from here\n"
            "2026-01-12 09:13:41,123|INFO|4711|MainThread|Scheduling finished: 400 mini-batches of "
            "2000 items in 1.0 s.\n"
            "2026-01-12 09:13:47,123|ERROR|4711|MainThread|The step is Failed: why\n");
  EXPECT_EQ(files.content("/l/sys/node/2/_main.txt"),
            "2026-01-12 09:13:46,123|WARNING|4711|MainThread|process004 ended: return code -9\n");
  files.fill_disk();
  log.ended(WallTime{kTime}, JobStatus::kCompleted, "");  // lost, and nobody is disturbed
}

}  // namespace
}  // namespace batchmill::runlog
