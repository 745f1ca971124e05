#include "workspace/resolve_environments.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "model/catalogue.h"
#include "workspace/paths.h"

namespace batchmill::workspace {

namespace {

// What the file says of the environment, for a message: the image, else the reference.
std::string described(const EnvironmentSpec& spec) {
  if (!spec.image.empty()) return "image " + spec.image;
  if (!spec.reference.empty()) return spec.reference;
  return "conda file " + last_part_of(spec.conda_file);
}

bool names_something(const EnvironmentSpec& spec) {
  return !spec.reference.empty() || !spec.image.empty() || !spec.conda_file.empty();
}

std::string name_to_map(const EnvironmentSpec& spec) {
  return spec.reference.empty() ? described(spec) : spec.reference;
}

const StepInput* table_input(const StepPlan& step) {
  const auto* parallel = std::get_if<ParallelSpec>(&step.spec);
  if (parallel == nullptr) return nullptr;
  const auto input = step.inputs.find(parallel->input_data);
  if (input == step.inputs.end() || input->second.type != DataType::kMltable) return nullptr;
  return &input->second;
}

SourcePlace place_of(const StepPlan& step) {
  return step.environment.place.file.empty() ? step.place : step.environment.place;
}

// Steps whose environment is not used, by what the file says of it: one message for all of them.
struct UnusedEnvironment {
  const StepPlan* first = nullptr;
  std::vector<std::string> steps;
  Interpreter interpreter;
};

Diagnostic no_interpreter(const StepPlan& step, const Error& error) {
  Diagnostic broken;
  broken.code = 803;
  broken.message = "step '" + step.name + "' has no Python: " + error.message;
  broken.place = place_of(step);
  broken.path = "jobs." + step.name + ".environment";
  return broken;
}

Diagnostic lacks_pandas(const StepPlan& step, const StepInput& input, const std::string& python) {
  return diagnose(802, input.place)
      .with("s", step.name)
      .with("python", python)
      .with("install", install_command(python, "pandas"))
      .at("jobs." + step.name);
}

Diagnostic unused_environment(const UnusedEnvironment& unused, bool strict) {
  const EnvironmentSpec& spec = unused.first->environment;
  DiagnosticBuilder builder = diagnose(strict ? 803 : 2, place_of(*unused.first));
  builder.at("jobs." + unused.first->name + ".environment");
  if (strict) {
    builder.with("e", name_to_map(spec));
  } else {
    builder.with("step", join(unused.steps, "', '"))
        .with("environment", described(spec))
        .with("python", unused.interpreter.python)
        .with("version", unused.interpreter.version)
        .with("name", name_to_map(spec));
  }
  return builder;
}

std::string shown_script(const FoundScript& found) {
  const std::string prefix = found.step.code + "/";
  return found.path.starts_with(prefix) ? found.path.substr(prefix.size())
                                        : last_part_of(found.path);
}

void report_syntax(const std::vector<FoundScript>& scripts,
                   const std::vector<ScriptSyntaxProblem>& problems,
                   std::vector<Diagnostic>& diagnostics) {
  for (const ScriptSyntaxProblem& problem : problems) {
    for (const FoundScript& found : scripts) {
      if (found.path != problem.script) continue;
      DiagnosticBuilder builder = diagnose(510, found.place);
      builder.with("script", shown_script(found))
          .with("line", std::to_string(problem.line))
          .with("column", std::to_string(problem.column))
          .with("reason", problem.message)
          .at("jobs." + found.step.name + ".task.entry_script")
          .found(problem.text);
      diagnostics.push_back(builder);
    }
  }
}

void report_imports(const std::vector<FoundScript>& scripts, const std::string& python,
                    const std::vector<MissingImport>& missing,
                    std::vector<Diagnostic>& diagnostics) {
  for (const MissingImport& import : missing) {
    for (const FoundScript& found : scripts) {
      if (found.path != import.script) continue;
      diagnostics.push_back(diagnose(805, found.place)
                                .with("script", shown_script(found))
                                .with("line", std::to_string(import.line))
                                .with("m", import.module)
                                .with("python", python)
                                .with("install", install_command(python, import.module))
                                .at("jobs." + found.step.name + ".task.entry_script"));
    }
  }
}

}  // namespace

namespace {

// How Debian spells a module in the name of its package: "lightning_fabric" -> "lightning-fabric".
std::string debian_spelling(const std::string& module) {
  std::string name = to_lower(module);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

}  // namespace

std::string install_command(const std::string& python, const std::string& package) {
  static const std::map<std::string, std::string> kPackageOf = {
      {"PIL", "pillow"}, {"cv2", "opencv-python"}, {"sklearn", "scikit-learn"}, {"yaml", "pyyaml"}};
  static const std::map<std::string, std::string> kDebianOf = {
      {"PIL", "pil"}, {"cv2", "opencv"}, {"sklearn", "sklearn"}};
  if (python.starts_with("/usr/bin/")) {
    const auto debian = kDebianOf.find(package);
    return "sudo apt install python3-" +
           (debian == kDebianOf.end() ? debian_spelling(package) : debian->second);
  }
  const auto named = kPackageOf.find(package);
  return python + " -m pip install " + (named == kPackageOf.end() ? package : named->second);
}

std::vector<Diagnostic> resolve_environments(PipelinePlan& plan, const WorkspaceConfig& config,
                                             bool strict, Parts& parts) {
  std::vector<Diagnostic> diagnostics;
  std::vector<UnusedEnvironment> unused;
  for (StepPlan& step : plan.steps) {
    auto interpreter = parts.environments.resolve(step.environment, config.environments);
    if (!interpreter) {
      diagnostics.push_back(no_interpreter(step, interpreter.error()));
      continue;
    }
    step.environment.python = interpreter->python;
    step.environment.bin_folder = interpreter->bin_folder;
    const StepInput* table = table_input(step);
    if (table != nullptr && !interpreter->has_pandas) {
      diagnostics.push_back(lacks_pandas(step, *table, interpreter->python));
    }
    if (interpreter->is_mapped || !names_something(step.environment)) continue;
    const auto known = std::find_if(unused.begin(), unused.end(), [&](const auto& other) {
      return described(other.first->environment) == described(step.environment);
    });
    if (known == unused.end()) {
      unused.push_back({&step, {step.name}, std::move(*interpreter)});
    } else {
      known->steps.push_back(step.name);
    }
  }
  for (const UnusedEnvironment& each : unused) {
    diagnostics.push_back(unused_environment(each, strict));
  }
  return diagnostics;
}

std::vector<Diagnostic> check_computes(const PipelinePlan& plan, const WorkspaceConfig& config,
                                       bool strict) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<const StepPlan*>> users;
  for (const StepPlan& step : plan.steps) {
    const std::string& compute = step.compute.empty() ? plan.default_compute : step.compute;
    if (compute.empty() || config.computes.contains(compute)) continue;
    if (users[compute].empty()) order.push_back(compute);
    users[compute].push_back(&step);
  }
  std::vector<Diagnostic> diagnostics;
  for (const std::string& compute : order) {
    const auto& steps = users[compute];
    const std::string effect = steps.size() == 1
                                   ? "step '" + steps[0]->name + "' runs on this machine"
                                   : std::to_string(steps.size()) + " steps run on this machine";
    DiagnosticBuilder builder = diagnose(strict ? 804 : 1, steps[0]->place);
    builder.with("compute", compute).with("effect", effect).with("c", compute);
    builder.at("jobs." + steps[0]->name);
    diagnostics.push_back(builder);
  }
  return diagnostics;
}

std::vector<Diagnostic> check_scripts(const std::vector<FoundScript>& scripts,
                                      const WorkspaceConfig& config, Parts& parts) {
  std::map<std::string, std::vector<FoundScript>> by_python;
  for (const FoundScript& found : scripts) {
    const auto interpreter =
        parts.environments.resolve(found.step.environment, config.environments);
    if (interpreter) by_python[interpreter->python].push_back(found);
  }
  std::vector<Diagnostic> diagnostics;
  for (const auto& [python, of_python] : by_python) {
    std::vector<ScriptToCheck> to_check;
    std::set<std::string> seen;
    for (const FoundScript& found : of_python) {
      if (seen.insert(found.path).second) to_check.push_back({found.path, found.step.code});
    }
    if (const auto problems = parts.environments.check_syntax(python, to_check)) {
      report_syntax(of_python, *problems, diagnostics);
    }
    if (const auto missing = parts.environments.missing_imports(python, to_check)) {
      report_imports(of_python, python, *missing, diagnostics);
    }
  }
  return diagnostics;
}

}  // namespace batchmill::workspace
