#pragma once

#include <string>

#include "base/result.h"
#include "model/job_folder.h"
#include "ports/files.h"

namespace batchmill::workspace {

// Where to look, as the process was started.
struct WorkspaceSearch {
  std::string flag;            // --workspace; empty: not given
  std::string variable;        // BATCHMILL_WORKSPACE
  std::string current_folder;  // absolute
  std::string home;
};

// The workspace of a command (design.md section 7): the flag, else the variable, else the nearest
// `.batchmill` from the current folder upwards, else `~/.batchmill`. Nothing is created.
Result<WorkspaceFolder> find_workspace(const WorkspaceSearch& search, const Files& files);

// Creates what is missing of it: the folder, for its owner alone, and the folders of the default
// datastores (mltable-and-data.md 4.2).
Result<void> ensure_workspace(const WorkspaceFolder& workspace, Files& files);

}  // namespace batchmill::workspace
