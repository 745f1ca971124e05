#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace batchmill {

// What this machine has done since it booted, and what it holds now. Sizes are bytes. What it does
// not tell is 0.
struct NodeReading {
  std::uint64_t cpu_busy = 0;   // time of all cores, in a unit of its own
  std::uint64_t cpu_total = 0;  // idle time included
  std::uint64_t memory_total = 0;
  std::uint64_t memory_available = 0;
  std::uint64_t disk_reads = 0;
  std::uint64_t disk_writes = 0;
  std::uint64_t disk_read = 0;
  std::uint64_t disk_written = 0;
  std::uint64_t network_sent = 0;  // without loopback
  std::uint64_t network_received = 0;
  std::uint64_t tcp_connections = 0;
  std::uint64_t udp_connections = 0;
};

struct DiskReading {
  std::string device, mount_point, type;
  std::uint64_t total = 0;
  std::uint64_t used = 0;
  std::uint64_t available = 0;  // to users
};

// A process and its living descendants together.
struct TreeReading {
  Duration cpu{};         // user and system; of children that ended as well
  Duration age{};         // of the process
  std::uint64_t rss = 0;  // bytes
  std::uint32_t threads = 0;
  std::uint64_t read = 0;  // bytes from and to storage
  std::uint64_t written = 0;
  std::uint32_t children = 0;  // living descendants
};

// Readings for the resource monitor (parallel-job.md 7.4). All but node() may take seconds: call
// them from a Background. One call at a time.
class Resources {
 public:
  virtual ~Resources() = default;
  virtual NodeReading node() = 0;
  // The local disks, and whatever holds `folder`.
  virtual std::vector<DiskReading> disks(const std::string& folder) = 0;
  virtual std::optional<TreeReading> tree(int pid) = 0;  // nothing when it is gone
  // All processes as `ps` shows them, at most 1 MiB; empty where there is no ps.
  virtual std::string process_list() = 0;
};

}  // namespace batchmill
