#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "ports/leaders.h"

namespace batchmill::fakes {

// Records what was started; a started leader lives until it is killed here.
class FakeLeaders final : public Leaders {
 public:
  Result<void> start(const std::string& job_folder) override {
    if (refuse) return fail(ErrorKind::kPermission, "the leader cannot be started");
    started.push_back(job_folder);
    living.insert(job_folder + "/leader.lock");
    if (on_start) on_start(job_folder);
    return {};
  }
  bool alive(const std::string& lock_path) const override { return living.contains(lock_path); }

  std::vector<std::string> started;
  std::set<std::string> living;  // paths of locks
  std::function<void(const std::string& job_folder)> on_start;
  bool refuse = false;
};

}  // namespace batchmill::fakes
