#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ports/resources.h"

// What the files of /proc/ say of the whole machine. Pure; text that is not as expected says
// nothing. Each fills in its part of the reading.
namespace batchmill::monitor {

void read_cpu(std::string_view proc_stat, NodeReading& reading);
void read_memory(std::string_view meminfo, NodeReading& reading);
// Whole disks: partitions would count twice, and so would what is made of other devices (loop,
// device mapper, RAID).
void read_disks(std::string_view diskstats, NodeReading& reading);
void read_network(std::string_view net_dev, NodeReading& reading);
// Of /proc/net/sockstat or sockstat6; adds up.
void read_connections(std::string_view sockstat, NodeReading& reading);

struct Mount {
  std::string device, mount_point, type;
  bool operator==(const Mount&) const = default;
};
std::vector<Mount> parse_mounts(std::string_view mounts);

// The mounts to show: each local device once, the root, and the one that `folder` (absolute) is in.
std::vector<Mount> disks_to_show(const std::vector<Mount>& mounts, std::string_view folder);

}  // namespace batchmill::monitor
