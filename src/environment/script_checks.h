#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "ports/command_runner.h"
#include "ports/environments.h"

// What an interpreter says about entry scripts before anything runs. One short process each,
// whatever the number of scripts; the scripts are compiled, never executed.
namespace batchmill::environment {

Result<std::vector<ScriptSyntaxProblem>> check_syntax(CommandRunner& runner,
                                                      const std::string& python,
                                                      const std::vector<ScriptToCheck>& scripts);

// Unconditional imports at the top level that find no module: in the script's own folder, the
// code folder, and the interpreter's path. What Batchmill provides to workers counts as found.
Result<std::vector<MissingImport>> find_missing_imports(CommandRunner& runner,
                                                        const std::string& python,
                                                        const std::vector<ScriptToCheck>& scripts);

}  // namespace batchmill::environment
