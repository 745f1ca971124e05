#pragma once

#include <string>

#include "model/progress.h"

namespace batchmill::engine {

struct CommandEnd {
  int exit_code = 0;
  int signal = 0;
  bool timed_out = false;
  double timeout_s = 0;
  std::string start_error;  // it could not be started at all
};

// The error record (docs/formats/error-record.md) of a command that failed: what its own output
// says about the cause. A Python traceback at the end of `log_tail` gives the exception and the
// innermost frame below `code_folder`; otherwise the last lines are kept as detail. Pure.
std::string command_error_record(const CommandEnd& end, const std::string& log_tail,
                                 const std::string& code_folder);

}  // namespace batchmill::engine
