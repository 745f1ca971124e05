#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "engine/step_run.h"

namespace batchmill::engine {

// Where everything of a step lies, once its folders exist.
struct PreparedStep {
  std::map<std::string, std::string> inputs;   // texts for templates
  std::map<std::string, std::string> outputs;  // absolute paths
  std::string working_folder;
};

// Makes the folders of a step ready: a fresh copy of its code as working folder (kept when
// `keep_working`: a leader that takes over a running step), its output folders, private copies of
// its `download` inputs. Blocking; runs on a background thread. Errors name the path.
Result<PreparedStep> prepare_step(const StepFacts& facts, bool keep_working);

EnvironmentFacts environment_facts(const StepFacts& step, const PreparedStep& prepared);

}  // namespace batchmill::engine
