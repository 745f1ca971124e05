#pragma once

#include "ports/nodes.h"

namespace batchmill {

// Node agents on this machine: the same program, as `PROGRAM node --node N --job DIR --socket
// PATH`. Each runs detached (its own session, adopted by init), writes to system_logs/agent.N.log,
// inherits the environment and no descriptor, and outlives the leader.
class LocalNodes : public Nodes {
 public:
  explicit LocalNodes(std::string program) : program_(std::move(program)) {}
  Result<void> start(const Request& request) override;

 private:
  std::string program_;
};

}  // namespace batchmill
