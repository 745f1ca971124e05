#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/bulk_files.h"

// The ordered walk over the files of a folder (design.md section 6, step 1).
namespace batchmill::data {

struct WalkSummary {
  std::uint64_t files = 0;     // given to the visitor
  std::uint64_t folders = 0;   // read, the root included
  std::uint64_t specials = 0;  // sockets, pipes and devices: left out
  std::uint64_t cycles = 0;    // links that lead back into a folder above: left out
  std::string first_cycle;     // relative path of the first of them
};

// Gets each file's path relative to the root. A failure ends the walk and becomes its result.
using FileVisitor = std::function<Result<void>(std::string_view path)>;
// Asked with the relative path of a folder, without a slash at the end; false leaves it out.
using FolderFilter = std::function<bool(std::string_view path)>;

// Visits every file below `root` in byte order of the relative paths, beginning before the listing
// ends: what was visited is always a prefix of that order. Links are followed, and files reached
// twice are visited twice, but no folder is entered within itself. Each folder is read whole and
// without a stat per file; memory is bounded by one folder per depth. Hidden files are files.
Result<WalkSummary> walk_files(const BulkFiles& bulk, const std::string& root,
                               const FileVisitor& visit, const FolderFilter& enter = nullptr);

}  // namespace batchmill::data
