#include "monitor/proc_memory.h"

#include <fmt/format.h>

#include "monitor/proc_files.h"
#include "monitor/proc_text.h"

namespace batchmill::monitor {

namespace {

std::uint64_t quick_memory(int pid) {
  return status_memory(read_proc(fmt::format("/proc/{}/status", pid)));
}

}  // namespace

std::uint64_t ProcMemory::of_tree(int pid, std::uint64_t exact_above) {
  const std::vector<int> tree = process_tree(pid);
  std::uint64_t sum = 0;
  for (const int member : tree) sum += quick_memory(member);
  if (sum <= exact_above || tree.size() == 1) return sum;
  std::uint64_t exact = 0;
  for (const int member : tree) {
    const auto memory = rollup_memory(read_proc(fmt::format("/proc/{}/smaps_rollup", member)));
    exact += memory ? *memory : quick_memory(member);
  }
  return exact;
}

}  // namespace batchmill::monitor
