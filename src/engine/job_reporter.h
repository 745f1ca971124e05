#pragma once

#include <functional>
#include <string>

#include "model/job_folder.h"
#include "model/progress.h"
#include "ports/files.h"
#include "ports/loop.h"

namespace batchmill::engine {

// Tells readers what the job does: progress.json, events.jsonl, executionlogs.txt and the leader's
// own log. Nothing here decides anything, and a failed write harms no job: it is tried again with
// the next change.
class JobReporter {
 public:
  JobReporter(Loop& loop, Files& files, JobFolder job);

  // Replaces progress.json; at most five times a second unless `at_once`.
  void publish(const std::function<JobProgress()>& progress, bool at_once);
  void event(JobEvent event);
  void execution(const std::string& line);  // a line of executionlogs.txt, stamped here
  void log(const std::string& line);        // a line of the leader's log, stamped here

 private:
  Loop& loop_;
  Files& files_;
  JobFolder job_;
  TimePoint published_{};
};

}  // namespace batchmill::engine
