#pragma once

#include <string>
#include <string_view>

namespace batchmill {

// The text as one word of a POSIX shell, for commands that users copy: as it stands where that is
// safe, else in single quotes. Pure.
std::string shell_quoted(std::string_view text);

}  // namespace batchmill
