#pragma once

#include <string>
#include <vector>

#include "engine/prepare_step.h"
#include "engine/row_format.h"
#include "engine/step_run.h"
#include "parallel/scheduler.h"

namespace batchmill::engine {

struct ArgumentFacts {
  parallel::StepRules rules;
  std::string input_kind;  // files, table, jsonl, ranks
  bool appends = false;
  std::string output_folder;
};

// What the platform puts before the user's own arguments into sys.argv[1:] (parallel-job.md 2.2),
// with effective values. Pure.
std::vector<std::string> generated_arguments(const StepFacts& step, const PreparedStep& prepared,
                                             const ArgumentFacts& facts);

}  // namespace batchmill::engine
