#pragma once

#include <set>
#include <string>

#include "base/result.h"
#include "model/job_folder.h"
#include "ports/environments.h"
#include "ports/files.h"

namespace batchmill::workspace {

// config.yml of a workspace (docs/formats/workspace.md):
//
//   environments:
//     azureml:sklearn:*: {python: ~/venvs/sklearn/bin/python}
//   default_python: /usr/bin/python3
//   compute: {cpu-cluster: {}}
struct WorkspaceConfig {
  EnvironmentRules environments;
  std::set<std::string> computes;  // names that stand for this machine without a notice
};

// A workspace without the file has the defaults. Errors: not YAML, an unknown key, a value of the
// wrong kind; the message names file and line.
Result<WorkspaceConfig> read_workspace_config(const WorkspaceFolder& workspace,
                                              const std::string& home, const Files& files);

}  // namespace batchmill::workspace
