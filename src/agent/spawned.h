#pragma once

#include "base/result.h"
#include "ports/processes.h"

namespace batchmill::agent {

// Something that the spawner has started for us, by the number it was started under.
class Spawned {
 public:
  virtual ~Spawned() = default;
  virtual void on_started(int pid) = 0;
  virtual void on_start_failed(const Error& error) = 0;
  virtual void on_exit(const SpawnExit& exit) = 0;
};

}  // namespace batchmill::agent
