#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/ids.h"
#include "model/progress.h"
#include "ports/files.h"
#include "runlog/log_tree.h"
#include "runlog/progress_overview.h"
#include "runlog/stop_reason.h"

namespace batchmill::runlog {

// What the leader writes into the log tree of a parallel step while it runs: the progress overview,
// sys/master_role.<stamp>.txt, and sys/node/<node>/_main.txt. One object per step and life of the
// leader. Logs never disturb a step: a line that cannot be written is lost.
class StepLog {
 public:
  StepLog(Files& files, LogTree tree, WallTime now, int pid);

  void begun(WallTime now, const std::string& step_job);
  // Effective settings, at the head of the overview.
  void settings(WallTime now, const std::vector<SettingUse>& settings);
  void scheduled(WallTime now, std::uint64_t mini_batches, std::uint64_t items, Duration elapsed);
  void progress(WallTime now, const StepProgress& step);  // as often as you like
  void ended(WallTime now, JobStatus status, const std::string& reason);

  // Anything else about the step; `level`: DEBUG, INFO, WARNING, ERROR.
  void leader(WallTime now, std::string_view level, std::string_view message);
  // About a node and its workers: starts, ends, losses.
  void node(WallTime now, NodeId node, std::string_view level, std::string_view message);

 private:
  Files& files_;
  LogTree tree_;
  ProgressOverview overview_;
  std::string leader_path_;
  int pid_;
};

}  // namespace batchmill::runlog
