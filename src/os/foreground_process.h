#pragma once

#include "ports/foreground.h"

namespace batchmill {

// Foreground by posix_spawn: the child stays in the process group that holds the terminal. While it
// runs, SIGINT and SIGQUIT are its alone.
class ForegroundProcess final : public Foreground {
 public:
  Result<ForegroundEnd> run(const ForegroundRequest& request) override;
};

// A new folder for its owner alone: "<TMPDIR or /tmp>/<prefix>XXXXXX".
Result<std::string> make_temporary_folder(const std::string& prefix);

}  // namespace batchmill
