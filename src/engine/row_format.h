#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "model/plan.h"

namespace batchmill::engine {

// How returned rows become text (parallel-job.md 6): a program argument wins over
// parallel_run_step.settings.json, that over a key of the step, and that over the default.
struct RowFormat {
  std::string format = "text";  // text, csv or jsonl
  std::string to_csv;           // JSON object: the options of DataFrame.to_csv, none left out
  bool header = false;          // the aggregated file begins with a header line
  bool provenance = false;
  bool output_field_only = false;
};

// `settings_file`: text of parallel_run_step.settings.json in the code folder, if there is one.
// Errors name that file.
Result<RowFormat> row_format(const ParallelSpec& spec,
                             const std::optional<std::string>& settings_file);

}  // namespace batchmill::engine
