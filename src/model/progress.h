#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/status.h"

// What a running job says of itself: progress.json and events.jsonl (docs/formats/progress.md).
// Only committed results move a figure. runlog/progress_json.h writes and reads these.
namespace batchmill {

struct Count {
  std::uint64_t done = 0;    // finished, failed ones included
  std::uint64_t failed = 0;  // finally failed
  std::uint64_t total = 0;   // planned so far
  bool total_known = false;  // the plan is complete (for rows: counted, not estimated)
};

struct SecondsRange {
  double low = 0, high = 0;
};

struct RunningAttempt {
  std::string worker;  // "node 0 process003"
  std::uint64_t mini_batch = 0;
  double seconds = 0;
};

struct StepProgress {
  std::string step;
  std::string kind;  // "command" or "parallel"
  JobStatus status = JobStatus::kNotStarted;
  std::string phase = "waiting";  // waiting, waiting for cores, listing, starting workers, running,
                                  // merging, command, done
  double phase_since_s = 0;
  double elapsed_s = 0;
  std::string reason;
  Count mini_batches, items;
  std::uint64_t retried = 0;
  double rate = 0;  // mini-batches per second over the last 30 s
  std::uint32_t busy = 0, ready = 0;
  std::optional<SecondsRange> left_s;
  double merged_fraction = 0;  // while merging
  std::vector<RunningAttempt> running;
};

struct JobProgress {
  WallTime time;
  std::string job;
  JobStatus status = JobStatus::kNotStarted;
  std::vector<StepProgress> steps;
};

// One line of events.jsonl.
struct JobEvent {
  WallTime time;
  std::string type;  // job_status, step_status, notice, failure, warning
  std::string step;
  std::string status;  // name of a JobStatus
  std::string reason;
  std::string text;   // of a notice, failure or warning; may have several lines
  std::string level;  // of a notice: notice or warning
  std::string help;
  int code = 0;
  double elapsed_s = 0;
  std::uint64_t mini_batch = 0;
  std::uint32_t attempt = 0, attempts = 0;   // "try 1 of 3"
  std::optional<Count> mini_batches, items;  // at the end of a parallel step
  std::uint64_t rows = 0;
};

}  // namespace batchmill
