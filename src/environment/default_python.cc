#include "environment/default_python.h"

#include <optional>

#include "base/text.h"

namespace batchmill::environment {

std::vector<std::string> candidates_on_path(const std::string& name, const std::string& path,
                                            const Files& files) {
  std::vector<std::string> found;
  for (const std::string_view folder : split(path, ':')) {
    if (!folder.starts_with('/')) continue;
    std::string candidate = std::string(folder) + "/" + name;
    if (files.exists(candidate)) {
      found.push_back(std::move(candidate));
      break;
    }
  }
  std::string of_system = "/usr/bin/" + name;
  if ((found.empty() || found[0] != of_system) && files.exists(of_system)) {
    found.push_back(std::move(of_system));
  }
  return found;
}

Result<Interpreter> find_default(InterpreterProbe& probe, const std::string& path,
                                 const Files& files) {
  std::optional<Interpreter> first;
  Error problem{ErrorKind::kNotFound,
                "there is no python3 on PATH and no /usr/bin/python3; install one: "
                "sudo apt install python3 python3-pandas"};
  for (const std::string& candidate : candidates_on_path("python3", path, files)) {
    auto interpreter = probe.ask(candidate);
    if (!interpreter) {
      problem = interpreter.error();
      continue;
    }
    if (interpreter->has_pandas) return interpreter;
    if (!first) first = std::move(*interpreter);
  }
  if (first) return *std::move(first);
  return tl::unexpected(problem);
}

}  // namespace batchmill::environment
