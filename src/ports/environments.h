#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/interpreter.h"
#include "model/plan.h"

namespace batchmill {

// What the workspace says about environments.
struct EnvironmentRules {
  std::string workspace;  // root folder; holds the probe cache and the bin folders
  // Pattern of a reference ("azureml:sklearn:*") -> interpreter, in the order of the file.
  std::vector<std::pair<std::string, std::string>> mapping;
  std::string default_python;  // empty: the rule of find_default
};

// A script and the folder that its imports are looked up in first.
struct ScriptToCheck {
  std::string path;
  std::string code_folder;
};

// Interpreters of this machine. Calls start short processes; answers about an interpreter are
// kept in the workspace as long as its file does not change.
class Environments {
 public:
  virtual ~Environments() = default;
  virtual Result<Interpreter> resolve(const EnvironmentSpec& spec,
                                      const EnvironmentRules& rules) = 0;
  virtual Result<std::vector<ScriptSyntaxProblem>> check_syntax(
      const std::string& python, const std::vector<ScriptToCheck>& scripts) = 0;
  virtual Result<std::vector<MissingImport>> missing_imports(
      const std::string& python, const std::vector<ScriptToCheck>& scripts) = 0;
};

}  // namespace batchmill
