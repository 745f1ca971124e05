#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/job_folder.h"
#include "ports/files.h"

namespace batchmill::workspace {

struct SnapshotFile {
  std::string path;  // relative to the code folder
  std::uint64_t size = 0;
  bool executable = false;
};

// The files of a code folder that belong to a job, ordered by path: all but what its .amlignore
// (else .gitignore) names, .git, .batchmill and __pycache__. Links are followed.
// Errors: nothing is left; the folder contains itself by way of links.
Result<std::vector<SnapshotFile>> files_of_code(const std::string& folder, const Files& files);

// SHA-256 over the number of files; path, size and executable bit of each, ordered by lower-cased
// path; then all contents in that order.
Result<std::string> hash_of_code(const std::string& folder, const std::vector<SnapshotFile>& list,
                                 const Files& files);

// Copies code (a folder or one file) into snapshots/<hash>, unless it is there, and returns that
// folder. The snapshot appears complete or not at all.
Result<std::string> snapshot_code(const std::string& code, const WorkspaceFolder& workspace,
                                  const std::string& temporary_name, Files& files);

}  // namespace batchmill::workspace
