#pragma once

#include <string>
#include <vector>

#include "runlog/error_record.h"

namespace batchmill::runlog {

// A stack for reading, outermost first (messages.md 3.1): the user's frames with their source; of a
// run of library frames the number and the innermost; recursion folded. Without any frame of the
// user's all are shown. Not indented. Pure.
std::vector<std::string> stack_lines(const std::vector<Frame>& frames);

}  // namespace batchmill::runlog
