#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "ports/files.h"

namespace batchmill::workspace {

// How one folder of code differs from another: paths relative to them, sorted.
struct CodeChanges {
  std::vector<std::string> changed;  // other bytes, or executable in one of them only
  std::vector<std::string> added;    // only in the new one
  std::vector<std::string> removed;  // only in the old one
  bool empty() const { return changed.empty() && added.empty() && removed.empty(); }
};

// Compares two snapshots. An empty path is a step without code: it holds no files.
Result<CodeChanges> compare_code(const std::string& before, const std::string& now,
                                 const Files& files);

// "changed: score.py, lib/x.py", "new: ...", "gone: ..."; long lists are cut with the number of
// what is left out.
std::vector<std::string> lines_of(const CodeChanges& changes);

}  // namespace batchmill::workspace
