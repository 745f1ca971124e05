#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/ids.h"
#include "model/job_folder.h"
#include "model/plan.h"
#include "model/progress.h"
#include "ports/files.h"
#include "runlog/launcher_log.h"
#include "runlog/log_tree.h"
#include "runlog/progress_overview.h"
#include "runlog/stop_reason.h"

namespace batchmill::runlog {

struct StepLogPlan {
  StepFolder folder;
  std::string step, step_job;                // "score", "digits_7_score"
  LoggingLevel level = LoggingLevel::kInfo;  // of the logs below sys/
  std::string metrics_prefix;
  std::string parent_metrics;  // file of the pipeline job that gets the metrics too; empty: none
  int pid = 0;                 // of the leader
};

// What the leader tells of a parallel step while it runs (parallel-job.md 7.1, 7.3, 8): the
// progress overview, sys/master_role.<stamp>.txt, the _main.txt of nodes, the launcher's logs,
// sys/metrics/<stamp>/progress.csv and metrics.jsonl. One object per step and life of the leader.
// Logs never disturb a step: a line that cannot be written is lost.
class StepLog {
 public:
  StepLog(Files& files, StepLogPlan plan, WallTime now);

  void begun(WallTime now);
  // Effective settings, at the head of each overview.
  void settings(WallTime now, const std::vector<SettingUse>& settings);
  void node_joined(WallTime now, NodeId node);
  void scheduled(WallTime now, std::uint64_t mini_batches, std::uint64_t items, Duration elapsed);
  void progress(WallTime now, const StepProgress& step);  // as often as you like
  void concatenating(WallTime now);
  void concatenated(WallTime now, std::uint64_t rows);
  // `last`: the final figures.
  void ended(WallTime now, JobStatus status, const std::string& reason, const StepProgress& last);

  // Anything else about the step; `level`: DEBUG, INFO, WARNING, ERROR. Warnings and errors also go
  // to sys/warning/ and sys/error/.
  void leader(WallTime now, std::string_view level, std::string_view message);
  // About a node and its workers: starts, ends, losses.
  void node(WallTime now, NodeId node, std::string_view level, std::string_view message);
  // A warning of one worker.
  void worker_warning(WallTime now, WorkerId worker, std::string_view message);

 private:
  void tell(WallTime now, const std::string& line);  // users and operators
  void add_figures(WallTime now, const StepProgress& step);
  void system(const std::string& path, NodeId node, WallTime now, std::string_view level,
              std::string_view message);

  Files& files_;
  StepLogPlan plan_;
  LogTree tree_;
  ProgressOverview overview_;
  LauncherLog launcher_;
  std::string leader_path_, series_path_;
  WallTime last_figures_;
  bool series_begun_ = false;
};

}  // namespace batchmill::runlog
