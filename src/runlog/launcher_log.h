#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/ids.h"
#include "model/job_folder.h"
#include "model/status.h"
#include "ports/files.h"

namespace batchmill::runlog {

// What the original's launcher says on each node (parallel-job.md 7.1): azureml-logs/
// 70_driver_log.txt and user_logs/std_log_0.txt are those of the leader's node, std_log_<n>.txt
// those of the others. They end with the exit code of 5.7. Lines that cannot be written are lost.
class LauncherLog {
 public:
  LauncherLog(Files& files, StepFolder folder) : files_(files), folder_(std::move(folder)) {}

  void line(WallTime now, std::string_view text);  // of the leader
  void node_joined(WallTime now, NodeId node);
  // "SystemExit: 0" or "SystemExit: 42" of the leader, 41 of every other node.
  void ended(WallTime now, JobStatus status);

 private:
  Files& files_;
  StepFolder folder_;
  std::set<NodeId> others_;
};

// The node whose process leads the step, as far as the logs are concerned.
inline constexpr NodeId kLeaderNode{0};

}  // namespace batchmill::runlog
