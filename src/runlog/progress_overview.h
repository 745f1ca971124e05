#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/progress.h"
#include "ports/files.h"
#include "runlog/log_tree.h"
#include "runlog/stop_reason.h"

namespace batchmill::runlog {

// What job_progress_overview.<yyyymmddhh>.txt says (parallel-job.md 7.1). Pure, without stamps.
std::string overview_started(NodeId node);
// "Setting timeout: 60 (default)", "Setting timeout: 90 (node, pipeline.yml:12:5)".
std::string overview_setting(const SettingUse& setting);
// Mini-batches are planned: how many, of how many items (0: unknown), in which time.
std::string overview_scheduled(std::uint64_t mini_batches, std::uint64_t items, Duration elapsed);
// Where the step is; "" when there is nothing to tell.
std::string overview_progress(const StepProgress& step);
std::string overview_result(JobStatus status, const std::string& reason);

// The file itself: a line for each event, and progress about every 10 s. It begins anew with each
// leader and each day (UTC); a leader that starts within the hour of another goes on in its file.
// Failing to write it never disturbs a step; the first error is kept.
class ProgressOverview {
 public:
  ProgressOverview(Files& files, LogTree tree, WallTime now);

  void write(WallTime now, const std::string& line);
  // Lines that are written now, and again at the begin of each further file.
  void set_head(WallTime now, std::vector<std::string> lines);
  // Call as often as you like. The line, if one was due.
  std::string progress(WallTime now, const StepProgress& step);
  const Result<void>& state() const { return state_; }

 private:
  void append(WallTime now, const std::string& line);
  Files& files_;
  LogTree tree_;
  std::vector<std::string> head_;
  WallTime opened_;
  WallTime last_progress_;
  Result<void> state_;
};

}  // namespace batchmill::runlog
