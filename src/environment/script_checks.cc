#include "environment/script_checks.h"

#include <nlohmann/json.hpp>

namespace batchmill::environment {

namespace {

using nlohmann::json;

constexpr const char* kSyntaxCheck = R"(
import json, sys
problems = []
for script in json.load(sys.stdin):
    try:
        with open(script["path"], "rb") as file:
            compile(file.read(), script["path"], "exec", dont_inherit=True)
    except SyntaxError as error:
        problems.append({"script": script["path"], "line": error.lineno or 0,
                         "column": error.offset or 0, "message": error.msg or "",
                         "text": (error.text or "").rstrip("\r\n")})
    except (OSError, ValueError) as error:
        problems.append({"script": script["path"], "line": 0, "column": 0,
                         "message": str(error), "text": ""})
print(json.dumps(problems))
)";

constexpr const char* kImportCheck = R"(
import ast, importlib.machinery, importlib.util, json, os, sys
PROVIDED = {"azureml_user", "batchmill"}

def names(tree):
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module.split(".")[0]

def found(name, folders):
    if name in PROVIDED or name in sys.builtin_module_names:
        return True
    try:
        if importlib.machinery.PathFinder.find_spec(name, folders + sys.path):
            return True
        return importlib.util.find_spec(name) is not None
    except Exception:
        return True

missing = []
for script in json.load(sys.stdin):
    try:
        with open(script["path"], "rb") as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError):
        continue
    folders = [os.path.dirname(script["path"]), script["code_folder"]]
    seen = set()
    for line, name in names(tree):
        if name not in seen and not found(name, folders):
            missing.append({"script": script["path"], "line": line, "module": name})
        seen.add(name)
print(json.dumps(missing))
)";

Result<json> run_check(CommandRunner& runner, const std::string& python, const char* program,
                       const std::vector<ScriptToCheck>& scripts) {
  json input = json::array();
  for (const ScriptToCheck& script : scripts) {
    input.push_back({{"path", script.path}, {"code_folder", script.code_folder}});
  }
  CommandRequest request;
  request.argv = {python, "-c", program};
  request.input = input.dump(-1, ' ', false, json::error_handler_t::replace);
  BM_ASSIGN(const CommandOutput output, runner.run(request));
  json answer = json::parse(output.out, nullptr, false);
  if (output.timed_out || output.exit_code != 0 || !answer.is_array()) {
    return fail(ErrorKind::kInvalid, python + " could not check the scripts: " + output.err);
  }
  return answer;
}

}  // namespace

Result<std::vector<ScriptSyntaxProblem>> check_syntax(CommandRunner& runner,
                                                      const std::string& python,
                                                      const std::vector<ScriptToCheck>& scripts) {
  if (scripts.empty()) return std::vector<ScriptSyntaxProblem>{};
  BM_ASSIGN(const json answer, run_check(runner, python, kSyntaxCheck, scripts));
  std::vector<ScriptSyntaxProblem> problems;
  for (const json& entry : answer) {
    problems.push_back({entry.value("script", ""), entry.value("line", 0), entry.value("column", 0),
                        entry.value("message", ""), entry.value("text", "")});
  }
  return problems;
}

Result<std::vector<MissingImport>> find_missing_imports(CommandRunner& runner,
                                                        const std::string& python,
                                                        const std::vector<ScriptToCheck>& scripts) {
  if (scripts.empty()) return std::vector<MissingImport>{};
  BM_ASSIGN(const json answer, run_check(runner, python, kImportCheck, scripts));
  std::vector<MissingImport> missing;
  for (const json& entry : answer) {
    missing.push_back(
        {entry.value("script", ""), entry.value("line", 0), entry.value("module", "")});
  }
  return missing;
}

}  // namespace batchmill::environment
