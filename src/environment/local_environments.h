#pragma once

#include <string>
#include <utility>

#include "ports/command_runner.h"
#include "ports/environments.h"
#include "ports/files.h"

namespace batchmill::environment {

// Interpreters that lie on this machine: mapped by the workspace's configuration, or the default.
class LocalEnvironments final : public Environments {
 public:
  // `path`: the caller's PATH.
  LocalEnvironments(CommandRunner& runner, Files& files, std::string path)
      : runner_(runner), files_(files), path_(std::move(path)) {}

  Result<Interpreter> resolve(const EnvironmentSpec& spec, const EnvironmentRules& rules) override;
  Result<std::vector<ScriptSyntaxProblem>> check_syntax(
      const std::string& python, const std::vector<ScriptToCheck>& scripts) override;
  Result<std::vector<MissingImport>> missing_imports(
      const std::string& python, const std::vector<ScriptToCheck>& scripts) override;

 private:
  CommandRunner& runner_;
  Files& files_;
  std::string path_;
};

}  // namespace batchmill::environment
