#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/diagnostic.h"
#include "model/plan.h"
#include "workspace/parts.h"
#include "workspace/workspace_config.h"

namespace batchmill::workspace {

// An entry script that the check of a file came across.
struct FoundScript {
  std::string path;   // absolute
  StepPlan step;      // as far as it is bound
  SourcePlace place;  // of entry_script, else of the step
};

// Finds the interpreter of every step of the plan and writes it there; says which environments are
// not used (002, with strict 803) and which tables lack pandas (802).
std::vector<Diagnostic> resolve_environments(PipelinePlan& plan, const WorkspaceConfig& config,
                                             bool strict, Parts& parts);

// Compute names that stand for this machine: 001, or with strict 804.
std::vector<Diagnostic> check_computes(const PipelinePlan& plan, const WorkspaceConfig& config,
                                       bool strict);

// Scripts that do not compile (510) or import what their interpreter lacks (805), one process for
// all scripts of an interpreter.
std::vector<Diagnostic> check_scripts(const std::vector<FoundScript>& scripts,
                                      const WorkspaceConfig& config, Parts& parts);

// "sudo apt install python3-pandas", or pip of that interpreter.
std::string install_command(const std::string& python, const std::string& package);

}  // namespace batchmill::workspace
