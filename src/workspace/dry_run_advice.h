#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/plan.h"
#include "ports/dry_runs.h"

namespace batchmill::workspace {

// What a dry run measured (docs/formats/worker-protocol.md); absent where it did not come so far.
struct DryRunSummary {
  bool succeeded = false;
  std::vector<std::string> failure;  // as a job would tell it: a first line, then its details
  std::optional<std::uint64_t> items;
  std::optional<double> init_s, load_s, run_s;
};

// kProtocol for anything malformed.
Result<DryRunSummary> dry_run_summary_from_json(const std::string& text);

// What the times of one mini-batch say about the settings of its step.
struct DryRunAdvice {
  double measured_s = 0;       // loading and run() of the mini-batch that was tried
  std::string size_key;        // mini_batch_size or mini_batch_rows; empty: nothing to choose
  std::string size;            // its value as in YAML, the present one where that is fine
  bool size_is_fine = false;   // the present one already is
  double expected_s = 0;       // of a mini-batch of that size
  std::int64_t timeout_s = 0;  // retry_settings.timeout for it
  std::vector<std::string> warnings;  // present limits that the mini-batch exceeded
};

// Mini-batches of 1 to 10 s, 5 s where it can be chosen: starting one costs microseconds, so longer
// ones gain nothing, and each failed try costs one. Where all are planned, at least four for each
// worker remain. The timeout is five times what run() is expected to take, at least 10 s. Nothing
// where the mini-batch failed. Pure.
std::optional<DryRunAdvice> advise(const DryRunMiniBatch& tried, const DryRunSummary& summary,
                                   const ParallelSpec& spec, std::size_t cores);

}  // namespace batchmill::workspace
