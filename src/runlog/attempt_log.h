#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/attempt.h"
#include "model/plan.h"
#include "ports/files.h"
#include "runlog/log_tree.h"
#include "runlog/slow_runs.h"

namespace batchmill::runlog {

// sys/node/<node>/<proc>.txt: which mini-batches a worker picked, and how they ended
// (parallel-job.md 7.3). With logging_level DEBUG every attempt, else those that failed and those
// that were slow, so that millions of good ones cost nothing (design.md section 6, step 8). Written
// as commits come; what a dying leader had committed but not yet written here is missing. Lines
// that cannot be written are lost. One thread at a time.
class AttemptLog {
 public:
  AttemptLog(Files& files, LogTree tree, LoggingLevel level, int pid)
      : files_(files), tree_(std::move(tree)), level_(level), pid_(pid) {}

  // Its lines carry the pid from now on; those of unknown workers have the leader's.
  void started(WorkerId worker, std::int64_t pid) { pids_[worker] = pid; }
  void committed(const std::vector<AttemptRecord>& attempts);

 private:
  void add_line(const AttemptRecord& attempt, WallTime time, std::string_view level,
                const std::string& message);
  void write();

  Files& files_;
  LogTree tree_;
  LoggingLevel level_;
  int pid_;
  std::map<WorkerId, std::int64_t> pids_;
  SlowRuns runs_;
  std::map<WorkerId, std::string> pending_;
};

// "mini-batch 17, items 3 to 4, try 2: picked by node 0 process004". Pure.
std::string picked_line(const AttemptRecord& attempt);
// "mini-batch 17, try 2: RUN_DONE; 5 items, 5 succeeded, 0 failed; 0.52 s, run 0.48 s, cpu 1.47 s,
// peak 79 MB"; of a failed one its first line follows. Pure.
std::string finished_line(const AttemptRecord& attempt);

}  // namespace batchmill::runlog
