#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// What the files of /proc/<pid>/ say. Pure; text that is not as expected says nothing.
namespace batchmill::monitor {

// The number behind "name" and a colon, at the start of a line.
std::optional<std::uint64_t> field(std::string_view text, std::string_view name);

// Bytes in RAM and swap that are no pages of files: of /proc/<pid>/status, shared pages in full.
std::uint64_t status_memory(std::string_view status);
// The same of /proc/<pid>/smaps_rollup, shared pages in proportion. Nothing where the kernel does
// not tell it.
std::optional<std::uint64_t> rollup_memory(std::string_view rollup);

// /proc/<pid>/task/<tid>/children.
std::vector<int> child_pids(std::string_view children);

// /proc/<pid>/stat. The name may hold blanks and parentheses.
struct ProcessStat {
  int pid = 0;
  int parent = 0;
  int session = 0;
  std::uint64_t cpu_ticks = 0;  // user and system, of waited-for children too
  std::uint32_t threads = 0;
  std::uint64_t start_ticks = 0;  // since boot
};
std::optional<ProcessStat> parse_process_stat(std::string_view line);

}  // namespace batchmill::monitor
