#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/attempt.h"
#include "ports/files.h"
#include "runlog/csv_text.h"
#include "runlog/report_file.h"
#include "runlog/worker_gpus.h"

namespace batchmill::runlog {

// Something that happened to the script itself; a row of the report without a mini-batch.
struct ScriptEvent {
  WorkerId worker;
  WallTime time;
  Duration elapsed{};
  std::string
      status;  // ENTRY_SCRIPT_INIT_START, ENTRY_SCRIPT_INIT_DONE, ENTRY_SCRIPT_INIT_EXCEPTION
  std::string error;  // JSON error record; empty on success
};

// Appends JSON that describes the content of a mini-batch, or of a part of it.
using DescribeMiniBatch = std::function<void(MiniBatchId, ItemRange part, std::string& json)>;

// processed_mini-batches.csv (parallel-job.md 7.3): one row per attempt in commit order, script
// events among them by time. About a microsecond per successful attempt.
class MiniBatchReport {
 public:
  // `describe` may be empty: the column is N/A then. Events in order of time.
  MiniBatchReport(Files& files, const std::string& path, DescribeMiniBatch describe,
                  std::vector<ScriptEvent> events, const WorkerGpus& gpus);
  Result<void> add(const AttemptRecord& attempt);  // with its error text
  Result<void> finish();

 private:
  void add_event(const ScriptEvent& event);
  void add_error(const std::string& category, const std::string& message);

  ReportFile file_;
  DescribeMiniBatch describe_;
  std::vector<ScriptEvent> events_;
  const WorkerGpus& gpus_;  // outlives the report
  std::size_t next_event_ = 0;
  IsoTimes times_;
  std::string json_;
};

// A row of the file as text, for documents and tests.
std::string mini_batch_report_header();

// What the column Error Category says: the exception's type, else a word for the code.
std::string error_category(int code, const std::string& type);

}  // namespace batchmill::runlog
