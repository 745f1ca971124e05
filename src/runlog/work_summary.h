#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/attempt.h"
#include "runlog/finished_mini_batches.h"
#include "runlog/job_result.h"
#include "runlog/worker_gpus.h"

// Sums over the attempts of a step. Pure; 4 bytes of memory per successful attempt.
namespace batchmill::runlog {

// What one process or node did; every committed attempt counts, repeated ones too.
struct WorkSum {
  std::uint64_t attempts = 0, succeeded = 0, failed = 0;
  std::uint64_t items = 0, items_succeeded = 0;
  Duration elapsed{}, cpu{}, run{}, longest_run{};
  std::uint64_t peak_rss_kib = 0;
};

class WorkSummary {
 public:
  void add(const AttemptRecord& attempt);

  // The figures of the step by the rules of parallel-job.md 5.4. `mini_batches` planned; the items
  // are those of finished mini-batches and parts. A bisected mini-batch is finished when its parts
  // cover it, and failed when one of them did.
  StepFigures figures(std::uint64_t mini_batches) const;

  std::string process_summary(const WorkerGpus& gpus) const;  // process_summary.csv
  std::string node_summary() const;                           // node_summary.csv

 private:
  void count(const AttemptRecord& attempt);
  StepFigures figures_;
  FinishedMiniBatches finished_;
  std::map<WorkerId, WorkSum> by_process_;
  std::vector<std::uint32_t> run_micros_;  // of successes, for median and percentile
};

}  // namespace batchmill::runlog
