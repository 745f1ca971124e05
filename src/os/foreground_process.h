#pragma once

#include "ports/foreground.h"

namespace batchmill {

// Foreground by posix_spawn: the child stays in the process group that holds the terminal. While it
// runs, SIGINT and SIGQUIT are its alone.
class ForegroundProcess final : public Foreground {
 public:
  Result<ForegroundEnd> run(const ForegroundRequest& request) override;
};

}  // namespace batchmill
