#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/status.h"
#include "runlog/stop_reason.h"

// The text of job_result.txt and of the last warnings (messages.md 3.3 and 4 "End"). Pure.
namespace batchmill::runlog {

// What was committed of a step.
struct StepFigures {
  std::uint64_t mini_batches = 0, mini_batches_succeeded = 0, mini_batches_failed = 0;
  std::uint64_t tries = 0;
  std::uint64_t items = 0, items_succeeded = 0, items_failed = 0;
  std::uint64_t rows = 0;
  std::optional<Duration> init;                 // longest init() of a worker
  std::optional<Duration> run_median, run_p95;  // of successful tries
};

struct StepResult {
  std::string step, step_job;  // "score", "digits_7_score"
  JobStatus status = JobStatus::kCompleted;
  WallTime ended;
  Duration elapsed{};
  StepFigures figures;
  std::string rows_path;                // the aggregated file; empty: rows were only counted
  std::string canceled_by;              // user, for Canceled
  std::string reason;                   // one line, for Failed
  std::string failure;                  // failure_block() with its code, for Failed
  std::vector<std::string> look_first;  // up to 3 files
  std::vector<SettingUse> settings;
  std::vector<std::string> warnings;  // each may have several lines
};

// 0 Completed, 42 Failed or Canceled: exit code of the leader's role in the original.
int leader_exit_code(JobStatus status);

std::string job_result_text(const StepResult& result);

// The loud end of a step that is Completed although mini-batches failed; empty when none did.
// `thresholds` are mini_batch_error_threshold first, then error_threshold and
// allowed_failed_percent; `most_frequent` is group_name() and its number of mini-batches.
struct FailedButCompleted {
  std::string step;
  std::uint64_t failed = 0, total = 0;
  std::vector<SettingUse> thresholds;
  std::string most_frequent;
  std::uint64_t most_frequent_count = 0;
  std::string log;
};
std::string failed_but_completed_warning(const FailedButCompleted& facts);

// "score: column 'price': 12 values did not fit float and became null; first: day-03.csv:1042"
std::string misfit_warning(const std::string& step, const std::string& column, std::uint64_t values,
                           const std::string& type, const std::string& first_place);

}  // namespace batchmill::runlog
