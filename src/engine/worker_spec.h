#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/prepare_step.h"
#include "engine/row_format.h"
#include "engine/step_run.h"
#include "parallel/scheduler.h"

namespace batchmill::engine {

struct WorkerSpecInput {
  std::string name;    // of the input
  std::string kind;    // "files", "table", "jsonl" or "ranks"
  std::string root;    // of the records' relative paths
  std::string schema;  // text of schema.json, for tables
};

// The folder that scripts know as EntryScript.output_dir: that of output_data, else the append
// target's, else the first output that is a folder, else the working folder's outputs/.
std::string output_folder(const StepFacts& facts, const PreparedStep& prepared);

// The value of "append" in worker.json.
std::string append_text(const std::optional<RowFormat>& rows);

// The text of worker.json (docs/formats/worker-protocol.md).
std::string worker_spec_json(const StepFacts& facts, const PreparedStep& prepared,
                             const parallel::StepRules& rules,
                             const std::vector<std::string>& arguments,
                             const WorkerSpecInput& input, const std::optional<RowFormat>& rows);

}  // namespace batchmill::engine
