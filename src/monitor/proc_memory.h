#pragma once

#include "ports/process_memory.h"

namespace batchmill::monitor {

// ProcessMemory by /proc/<pid>/status, and smaps_rollup where it must be exact: the kernel walks
// all page tables for that.
class ProcMemory final : public ProcessMemory {
 public:
  std::uint64_t of_tree(int pid, std::uint64_t exact_above) override;
};

}  // namespace batchmill::monitor
