#include "environment/local_environments.h"

#include "environment/default_python.h"
#include "environment/environment_mapping.h"
#include "environment/interpreter_probe.h"
#include "environment/python_wrappers.h"
#include "environment/script_checks.h"

namespace batchmill::environment {

namespace {

// A name without a slash is looked up on PATH, as a shell would.
std::string located(const std::string& python, const std::string& path, const Files& files) {
  if (python.find('/') != std::string::npos) return python;
  const auto found = candidates_on_path(python, path, files);
  return found.empty() ? python : found[0];
}

}  // namespace

Result<Interpreter> LocalEnvironments::resolve(const EnvironmentSpec& spec,
                                               const EnvironmentRules& rules) {
  const std::string folder = rules.workspace + "/environments";
  BM_TRY(files_.make_folders(folder));
  InterpreterProbe probe(runner_, files_, folder + "/interpreters.json");

  Interpreter interpreter;
  if (const auto mapped = mapped_python(rules.mapping, spec.reference)) {
    BM_ASSIGN(interpreter, probe.ask(located(*mapped, path_, files_)));
    interpreter.is_mapped = true;
  } else if (!rules.default_python.empty()) {
    BM_ASSIGN(interpreter, probe.ask(located(rules.default_python, path_, files_)));
  } else {
    BM_ASSIGN(interpreter, find_default(probe, path_, files_));
  }
  BM_ASSIGN(interpreter.bin_folder, make_bin_folder(folder, interpreter.python, files_));
  return interpreter;
}

Result<std::vector<ScriptSyntaxProblem>> LocalEnvironments::check_syntax(
    const std::string& python, const std::vector<ScriptToCheck>& scripts) {
  return environment::check_syntax(runner_, python, scripts);
}

Result<std::vector<MissingImport>> LocalEnvironments::missing_imports(
    const std::string& python, const std::vector<ScriptToCheck>& scripts) {
  return environment::find_missing_imports(runner_, python, scripts);
}

}  // namespace batchmill::environment
