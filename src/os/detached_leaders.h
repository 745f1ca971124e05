#pragma once

#include <string>
#include <utility>

#include "ports/leaders.h"
#include "ports/locks.h"

namespace batchmill {

// Supervisors on this machine: `PROGRAM leader --supervise JOB_FOLDER` in a session of its own,
// adopted by init, with output in the job's system_logs/leader.log. It inherits the environment and
// the working folder's root only, so that no terminal and no file system is held.
class DetachedLeaders : public Leaders {
 public:
  DetachedLeaders(std::string program, const Locks& locks)
      : program_(std::move(program)), locks_(locks) {}
  Result<void> start(const std::string& job_folder) override;
  bool alive(const std::string& lock_path) const override { return locks_.is_held(lock_path); }

 private:
  std::string program_;
  const Locks& locks_;
};

}  // namespace batchmill
