#include "monitor/proc_resources.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <fmt/format.h>

#include "monitor/node_text.h"
#include "monitor/proc_files.h"
#include "monitor/proc_text.h"

namespace batchmill::monitor {

namespace {

constexpr Duration kListTimeout = std::chrono::seconds(10);
constexpr std::size_t kMostListBytes = std::size_t{1} << 20;

Duration to_duration(std::uint64_t ticks) {
  static const auto kTicksPerSecond = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  constexpr std::uint64_t kNanos = 1'000'000'000;
  return Duration(static_cast<std::int64_t>(ticks * (kNanos / kTicksPerSecond)));
}

// Since boot, suspended time included, as start times of processes are told.
Duration uptime() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + Duration(now.tv_nsec);
}

void add_process(int pid, TreeReading& tree) {
  const std::string folder = fmt::format("/proc/{}/", pid);
  if (const auto stat = parse_process_stat(read_proc(folder + "stat"))) {
    tree.cpu += to_duration(stat->cpu_ticks);
    tree.threads += stat->threads;
  }
  tree.rss += field(read_proc(folder + "status"), "VmRSS").value_or(0) * 1024;
  const std::string io = read_proc(folder + "io");
  tree.read += field(io, "read_bytes").value_or(0);
  tree.written += field(io, "write_bytes").value_or(0);
}

}  // namespace

NodeReading ProcResources::node() {
  NodeReading reading;
  read_cpu(read_proc("/proc/stat"), reading);
  read_memory(read_proc("/proc/meminfo"), reading);
  read_disks(read_proc("/proc/diskstats"), reading);
  read_network(read_proc("/proc/net/dev"), reading);
  read_connections(read_proc("/proc/net/sockstat"), reading);
  read_connections(read_proc("/proc/net/sockstat6"), reading);
  return reading;
}

std::vector<DiskReading> ProcResources::disks(const std::string& folder) {
  std::vector<DiskReading> readings;
  for (Mount& mount : disks_to_show(parse_mounts(read_proc("/proc/self/mounts")), folder)) {
    struct statvfs space {};
    if (::statvfs(mount.mount_point.c_str(), &space) != 0 || space.f_blocks == 0) continue;
    const std::uint64_t block = space.f_frsize;
    readings.push_back({std::move(mount.device), std::move(mount.mount_point),
                        std::move(mount.type), space.f_blocks * block,
                        (space.f_blocks - space.f_bfree) * block, space.f_bavail * block});
  }
  return readings;
}

std::optional<TreeReading> ProcResources::tree(int pid) {
  const auto root = parse_process_stat(read_proc(fmt::format("/proc/{}/stat", pid)));
  if (!root) return std::nullopt;
  TreeReading tree;
  tree.age = uptime() - to_duration(root->start_ticks);
  const std::vector<int> members = process_tree(pid);
  for (const int member : members) add_process(member, tree);
  if (!members.empty()) tree.children = static_cast<std::uint32_t>(members.size() - 1);
  return tree;
}

std::string ProcResources::process_list() {
  CommandRequest request;
  request.argv = {"ps", "-eo", "pid,ppid,user,stat,pcpu,pmem,rss,vsz,nlwp,etime,args"};
  request.timeout = kListTimeout;
  auto output = commands_.run(request);
  if (!output || output->exit_code != 0) return "";
  if (output->out.size() > kMostListBytes) output->out.resize(kMostListBytes);
  return std::move(output->out);
}

}  // namespace batchmill::monitor
