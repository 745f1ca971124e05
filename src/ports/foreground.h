#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace batchmill {

struct ForegroundRequest {
  std::vector<std::string> argv;                                 // argv[0] is a path
  std::vector<std::pair<std::string, std::string>> environment;  // the whole of it
  std::string working_folder;
  bool output_to_error = false;  // its standard output goes where its errors go
};

struct ForegroundEnd {
  int exit_code = 0;  // meaningful when signal is 0
  int signal = 0;
};

// Runs a program with the terminal of this process, as a shell does: it reads what the user types
// and gets Ctrl-C, which this process lives through. Blocks until it ends. An error means that it
// could not be started.
class Foreground {
 public:
  virtual ~Foreground() = default;
  virtual Result<ForegroundEnd> run(const ForegroundRequest& request) = 0;
};

}  // namespace batchmill
