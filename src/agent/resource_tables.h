#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "ports/gpus.h"
#include "ports/resources.h"

// The tables of the resource monitor (parallel-job.md 7.4; docs/formats/log-tree.md): header lines,
// and rows that end with a line break. MB are 2^20 bytes. Pure.
namespace batchmill::agent {

std::string node_usage_header();
// The processor's share is that since `before`.
std::string node_usage_row(WallTime now, const NodeReading& reading, const NodeReading& before);

std::string disk_usage_header();
std::string disk_usage_rows(WallTime now, const std::vector<DiskReading>& disks);

std::string gpu_usage_header();
std::string gpu_usage_rows(WallTime now, const std::vector<GpuReading>& gpus);

struct ProcessReading {
  std::uint32_t process = 0;  // NNN of processNNN
  int pid = 0;
  TimePoint at;
  TreeReading tree;
};
std::string process_usage_header();
// The processor's share is that since `before`, else since the process began.
std::string process_usage_row(WallTime now, const ProcessReading& reading,
                              const std::optional<ProcessReading>& before);

}  // namespace batchmill::agent
