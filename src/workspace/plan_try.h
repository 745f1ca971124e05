#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "workspace/check_file.h"
#include "workspace/parts.h"
#include "workspace/refusal.h"

namespace batchmill::workspace {

struct TryRequest {
  CheckFileRequest check;
  std::string step;                 // empty: the only parallel one
  std::vector<std::string> inputs;  // --input: NAME=PATH, or NAME=VALUE for a literal
};

// A step that is ready for a dry run, or what stands against it: errors among the diagnostics, or
// the refusal.
struct TryPlan {
  std::optional<PipelinePlan> plan;
  std::string step;
  std::vector<Diagnostic> diagnostics;
  std::map<std::string, std::string> sources;
  std::optional<Refusal> refusal;
};

// The first part of `job try` (cli.md 8): checks the file as `job create` does, finds the step,
// puts in the inputs that were given, and takes the snapshot of its code. An input that another
// step writes must be given: there is no job that would have written it.
Result<TryPlan> plan_try(const TryRequest& request, const WorkspaceFolder& workspace, Parts& parts);

}  // namespace batchmill::workspace
