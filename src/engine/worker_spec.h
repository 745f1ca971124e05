#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/prepare_step.h"
#include "engine/step_run.h"
#include "parallel/scheduler.h"

namespace batchmill::engine {

// How returned rows become text, after precedence argument > parallel_run_step.settings.json > key
// > default (parallel-job.md 6).
struct RowFormat {
  std::string to_csv;  // JSON object of DataFrame.to_csv options
  bool header = false;
};

// `settings_file`: text of parallel_run_step.settings.json in the code folder, if there is one.
Result<RowFormat> row_format(const ParallelSpec& spec,
                             const std::optional<std::string>& settings_file);

struct WorkerSpecInput {
  std::string name;    // of the input
  std::string kind;    // "files" or "table"
  std::string root;    // of the records' relative paths
  std::string schema;  // text of schema.json, for tables
};

// The text of worker.json (docs/formats/worker-protocol.md).
std::string worker_spec_json(const StepFacts& facts, const PreparedStep& prepared,
                             const parallel::StepRules& rules,
                             const std::vector<std::string>& arguments,
                             const WorkerSpecInput& input, const std::optional<RowFormat>& rows);

}  // namespace batchmill::engine
