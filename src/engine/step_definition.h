#pragma once

#include <string>
#include <vector>

#include "model/plan.h"

namespace batchmill::engine {

// What a step is, as text: equal texts, equal steps. Code, environment, names for people and the
// places of settings in a file are left out. Pure.
std::string definition_of(const StepPlan& step);

// How the input of a parallel step, its cuts or the form of its rows differ between an earlier job
// and this one, in words ("mini_batch_size was 2, is 5"): kept rows would not fit. Pure. Paths of
// other inputs count, since the kept rows were made with them.
struct StepInWords {
  const StepPlan& plan;
  std::string kind;    // of its input: files, table, jsonl, ranks
  std::string append;  // JSON of worker.json's "append"
  std::string schema;  // text of schema.json; empty: no table
};
std::vector<std::string> differences(const StepInWords& before, const StepInWords& now);

}  // namespace batchmill::engine
