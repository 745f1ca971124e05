#pragma once

#include "ports/command_runner.h"

namespace batchmill {

// CommandRunner by posix_spawnp and poll. The child is the leader of a process group of its own.
class LocalCommandRunner final : public CommandRunner {
 public:
  Result<CommandOutput> run(const CommandRequest& request) override;
};

}  // namespace batchmill
