#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "model/attempt.h"
#include "ports/files.h"
#include "runlog/log_tree.h"

namespace batchmill::runlog {

// A failed attempt as a line of JSON with the original's keys (parallel-job.md 7.3): agent,
// task_id, dequeue_count, total, succeeded, method, exc_type, message, run_method_duration, status.
std::string failed_attempt_line(const AttemptRecord& attempt);

// Writes logs/sys/error/<node>/<proc>.txt anew, from the attempts in commit order. The _main.txt
// beside them is left alone.
class SystemErrors {
 public:
  SystemErrors(Files& files, LogTree tree) : files_(files), tree_(std::move(tree)) {}
  Result<void> begin();                            // removes what an earlier call wrote
  Result<void> add(const AttemptRecord& attempt);  // successes are ignored
  Result<void> finish();

 private:
  Result<void> flush();
  Files& files_;
  LogTree tree_;
  std::map<WorkerId, std::string> pending_;
  std::size_t pending_bytes_ = 0;
};

}  // namespace batchmill::runlog
