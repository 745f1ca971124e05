#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace batchmill {

struct CommandRequest {
  std::vector<std::string> argv;  // argv[0] is a path, or a name that is looked up on PATH
  std::string input;              // all of stdin
  std::string working_folder;     // empty: the caller's
  std::vector<std::pair<std::string, std::string>> environment;  // added to the caller's
  Duration timeout = std::chrono::seconds(60);
};

struct CommandOutput {
  int exit_code = 0;  // 128 + number for a signal
  std::string out, err;
  bool timed_out = false;  // it was killed, with its process group
};

// Runs a short command of our own (an interpreter probe, git) to its end; never the user's code.
class CommandRunner {
 public:
  virtual ~CommandRunner() = default;
  // An error means that it could not be started (kNotFound, kPermission); a command that failed is
  // an output. Blocks; output beyond 16 MiB per stream is dropped.
  virtual Result<CommandOutput> run(const CommandRequest& request) = 0;
};

}  // namespace batchmill
