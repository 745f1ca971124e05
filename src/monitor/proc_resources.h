#pragma once

#include "ports/command_runner.h"
#include "ports/resources.h"

namespace batchmill::monitor {

// Resources from /proc, statvfs and the `ps` on PATH.
class ProcResources final : public Resources {
 public:
  explicit ProcResources(CommandRunner& commands) : commands_(commands) {}
  NodeReading node() override;
  std::vector<DiskReading> disks(const std::string& folder) override;
  std::optional<TreeReading> tree(int pid) override;
  std::string process_list() override;

 private:
  CommandRunner& commands_;
};

}  // namespace batchmill::monitor
