#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "ports/bulk_files.h"

namespace batchmill {

// Reads a folder with as few system calls as possible: large getdents64 buffers, the entry type
// from the folder itself, a stat only for links and for file systems that do not tell types.
Result<void> read_folder(const std::string& path,
                         const std::function<void(const VisitedEntry&)>& visit);

}  // namespace batchmill
