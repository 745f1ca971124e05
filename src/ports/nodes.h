#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/ids.h"

namespace batchmill {

// Where node agents come from: this machine now, Slurm later.
class Nodes {
 public:
  struct Request {
    NodeId node;
    std::string job_folder;   // absolute; the agent keeps its scratch below it
    std::string socket_path;  // the leader listens here before start() is called
  };
  virtual ~Nodes() = default;
  // Starts an agent that will dial the leader; it outlives the leader. Success means started.
  virtual Result<void> start(const Request& request) = 0;
};

}  // namespace batchmill
