#pragma once

#include <string>

#include "base/result.h"

// Whole trees: the recursive half of FilesPosix, whose comments tell what these promise.
namespace batchmill {

Result<void> make_folder_path(const std::string& path);
Result<void> copy_file_or_tree(const std::string& from, const std::string& to);
Result<void> remove_file_or_tree(const std::string& path);

}  // namespace batchmill
