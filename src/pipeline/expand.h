#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"

// Filling the templates of a step when its paths are known (pipeline-yaml.md 3.2 and 3.3). Pure.
namespace batchmill::pipeline {

// What `${{inputs.X}}` and `${{outputs.Y}}` stand for. An input that is not in the map has no
// value: it may stand only within `$[[ ... ]]`, whose segment then disappears.
struct Bindings {
  std::map<std::string, std::string> inputs;   // literal texts and paths
  std::map<std::string, std::string> outputs;  // paths
  // Which inputs are literals. Only program arguments ask: a literal is cut at its blanks like the
  // text around it, a path never.
  std::set<std::string> literals{};
};

// The text with every expression replaced and the brackets of optional segments removed. Nothing
// is quoted. Errors (kInvalid) name the expression that has no value or is not allowed here.
Result<std::string> expand(const std::string& text, const Bindings& bindings);

// `task.program_arguments`: expanded and split like a POSIX shell does, without any further
// expansion (parallel-job.md 2.4). A path with blanks stays one argument.
Result<std::vector<std::string>> expand_arguments(const std::string& text,
                                                  const Bindings& bindings);

}  // namespace batchmill::pipeline
