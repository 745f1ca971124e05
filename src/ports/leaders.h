#pragma once

#include <string>

#include "base/result.h"

namespace batchmill {

// Starts the supervisor of a job, which starts and restarts its leader (design.md section 1).
class Leaders {
 public:
  virtual ~Leaders() = default;
  // Detached: it outlives the caller and its terminal. Success means started; the leader itself
  // says through the job folder how it goes, and finds there what was asked of it (control/).
  virtual Result<void> start(const std::string& job_folder) = 0;
  // Whether a process holds the lock at this path, the only evidence that a leader lives.
  virtual bool alive(const std::string& lock_path) const = 0;
};

}  // namespace batchmill
