#pragma once

#include <string>
#include <vector>

namespace batchmill::cli {

// --help of a command, of a group of commands ("job"), or of the whole program (no words). Lines
// are at most `width` columns long. Pure.
std::string help_text(const std::vector<std::string>& words, std::size_t width);

}  // namespace batchmill::cli
