#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/diagnostic.h"
#include "model/plan.h"
#include "workspace/parts.h"

namespace batchmill::workspace {

struct CheckFileRequest {
  std::string file;               // as typed
  std::vector<std::string> sets;  // --set
  std::string name;               // --name
  bool strict = false;            // warnings are errors; unknown computes and environments too
  bool check_scripts = true;      // start interpreters to read the entry scripts
};

struct CheckedFile {
  std::optional<PipelinePlan> plan;  // present exactly if no diagnostic is an error
  std::vector<Diagnostic> diagnostics;
  std::map<std::string, std::string> sources;  // texts of the files read, by path as typed
  std::vector<std::string> files;              // the same paths in the order of first reference
};

// Everything that can be said about a pipeline file without running it, all at once: its text, its
// bindings, its paths, its scripts, and the computes and environments it names. The plan has its
// interpreters filled in. Changes nothing but the workspace's caches.
// Errors: the workspace's own configuration is broken.
Result<CheckedFile> check_file(const CheckFileRequest& request, const WorkspaceFolder& workspace,
                               Parts& parts);

}  // namespace batchmill::workspace
