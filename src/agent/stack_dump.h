#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runlog/error_record.h"

namespace batchmill::agent {

// The Python stack in the output of faulthandler (on SIGUSR1, or after "Fatal Python error"),
// outermost frame first: of several threads the one that was inside the user's code, the current
// one before others. Frames of the engine, importlib and runpy are left out; files below
// `code_folder` are the user's and relative to it. Empty when there is no stack. Pure.
std::vector<runlog::Frame> parse_stack_dump(std::string_view text, std::string_view code_folder);

// Where the innermost of the user's frames stands.
std::optional<runlog::CodePlace> innermost_user_place(const std::vector<runlog::Frame>& frames);

// The last `count` lines of text, without empty ones at the end.
std::string last_lines(std::string_view text, std::size_t count);

}  // namespace batchmill::agent
