#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/plan.h"

namespace batchmill {

struct DryRunRequest {
  PipelinePlan plan;  // checked; interpreters are known, every data input of the step is a path
  std::string step;   // a parallel one
  std::uint64_t mini_batch = 0;
  bool output_to_error = false;  // keeps standard output free for a result
  bool keep_folder = false;      // leaves what was written where it is
};

// What a dry run is about to do.
struct DryRunMiniBatch {
  std::uint64_t mini_batch = 0;
  std::uint64_t mini_batches = 0;  // planned so far
  bool all_planned = false;        // planning stops where it may
  std::uint64_t items = 0;         // files or rows; 0 where the plan does not tell
  std::uint64_t bytes = 0;         // of a slice of a table or of JSON lines, else 0
  std::string kind;                // files, table, jsonl or ranks
  std::string detail;              // JSON, as in the report of a job
  std::string folder;              // holds everything that the run writes; removed afterwards
  std::vector<std::string> warnings;
};

struct DryRunEnd {
  int exit_code = 0;  // meaningful when signal is 0
  int signal = 0;
  std::string summary;  // JSON (docs/formats/worker-protocol.md); empty if the process left none
};

// A dry run that is ready. Its folder is removed with it.
class DryRun {
 public:
  virtual ~DryRun() = default;
  virtual const DryRunMiniBatch& mini_batch() const = 0;
  virtual Result<DryRunEnd> run() = 0;  // once, in the foreground
};

// Runs init() and one mini-batch of a step with the user's terminal (cli.md 8: `job try`), in a
// folder of its own: no job, no ledger, no outputs where the plan says.
class DryRuns {
 public:
  virtual ~DryRuns() = default;
  // Errors: kInvalid for a mini-batch that there is not, with the range, and for an input that is
  // empty; else what stands against the step's input or code.
  virtual Result<std::unique_ptr<DryRun>> prepare(const DryRunRequest& request) = 0;
};

}  // namespace batchmill
