#pragma once

#include <map>
#include <string>
#include <vector>

#include "ports/command_runner.h"
#include "ports/environments.h"

namespace batchmill::fakes {

class FakeEnvironments final : public Environments {
 public:
  Result<Interpreter> resolve(const EnvironmentSpec& spec, const EnvironmentRules& rules) override {
    if (refuse) return fail(ErrorKind::kNotFound, "there is no python3");
    Interpreter result = interpreter;
    for (const auto& [pattern, python] : rules.mapping) {
      if (pattern != spec.reference) continue;
      result.python = python;
      result.is_mapped = true;
    }
    return result;
  }
  Result<std::vector<ScriptSyntaxProblem>> check_syntax(
      const std::string&, const std::vector<ScriptToCheck>& scripts) override {
    checked.push_back(scripts.size());
    return syntax_problems;
  }
  Result<std::vector<MissingImport>> missing_imports(const std::string&,
                                                     const std::vector<ScriptToCheck>&) override {
    return imports;
  }

  Interpreter interpreter{"/usr/bin/python3", "3.11.2", "/bin-folder", true, false};
  std::vector<ScriptSyntaxProblem> syntax_problems;
  std::vector<MissingImport> imports;
  std::vector<std::size_t> checked;  // number of scripts of each call
  bool refuse = false;
};

// A machine without any of the programs that are asked for.
class NoCommands final : public CommandRunner {
 public:
  Result<CommandOutput> run(const CommandRequest& request) override {
    return fail(ErrorKind::kNotFound, request.argv.empty() ? "" : request.argv[0]);
  }
};

}  // namespace batchmill::fakes
