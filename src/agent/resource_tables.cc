#include "agent/resource_tables.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/ids.h"
#include "runlog/csv_text.h"

namespace batchmill::agent {

namespace {

std::string megabytes(std::uint64_t bytes) {
  return fmt::format("{:.2f}", static_cast<double>(bytes) / (1024 * 1024));
}

// "12.3"; of nothing "0.0".
template <typename Number>
std::string percent(Number part, Number whole) {
  if (whole <= Number{}) return "0.0";
  return fmt::format("{:.1f}", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string text(std::string_view value) {
  std::string quoted;
  runlog::append_text(quoted, value);
  return quoted;
}

template <typename Number>
std::string known(const std::optional<Number>& number) {
  return number ? fmt::format("{}", *number) : std::string(runlog::kNull);
}

}  // namespace

std::string node_usage_header() {
  return "Utc Time,Cpu Percent,Memory Total (MB),Memory Available (MB),Memory Used (MB),"
         "Memory Used Percent,Disk Io Read Count,Disk Io Write Count,Disk Io Read (MB),"
         "Disk Io Write (MB),Network Sent (MB),Network Recv (MB),# of TCP Connections,"
         "# of UDP Connections\n";
}

std::string node_usage_row(WallTime now, const NodeReading& reading, const NodeReading& before) {
  // Counters of a machine may run backwards, by a tick.
  const std::uint64_t busy = std::max(reading.cpu_busy, before.cpu_busy) - before.cpu_busy;
  const std::uint64_t total = std::max(reading.cpu_total, before.cpu_total) - before.cpu_total;
  const std::uint64_t available = std::min(reading.memory_available, reading.memory_total);
  const std::uint64_t used = reading.memory_total - available;
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", iso_micros(now),
                     percent(std::min(busy, total), total), megabytes(reading.memory_total),
                     megabytes(available), megabytes(used), percent(used, reading.memory_total),
                     reading.disk_reads, reading.disk_writes, megabytes(reading.disk_read),
                     megabytes(reading.disk_written), megabytes(reading.network_sent),
                     megabytes(reading.network_received), reading.tcp_connections,
                     reading.udp_connections);
}

std::string disk_usage_header() {
  return "Utc Time,Device,Mount Point,File System,Disk Total (MB),Disk Used (MB),Disk Free (MB),"
         "Disk Used Percent\n";
}

std::string disk_usage_rows(WallTime now, const std::vector<DiskReading>& disks) {
  std::string rows;
  for (const DiskReading& disk : disks) {
    rows += fmt::format("{},{},{},{},{},{},{},{}\n", iso_micros(now), text(disk.device),
                        text(disk.mount_point), text(disk.type), megabytes(disk.total),
                        megabytes(disk.used), megabytes(disk.available),
                        percent(disk.used, disk.used + disk.available));
  }
  return rows;
}

std::string gpu_usage_header() {
  return "Utc Time,Gpu,Gpu Percent,Memory Used (MB),Memory Total (MB)\n";
}

std::string gpu_usage_rows(WallTime now, const std::vector<GpuReading>& gpus) {
  std::string rows;
  for (const GpuReading& gpu : gpus) {
    rows +=
        fmt::format("{},{},{},{},{}\n", iso_micros(now), gpu.index, known(gpu.utilization_percent),
                    known(gpu.memory_used_mib), known(gpu.memory_total_mib));
  }
  return rows;
}

std::string process_usage_header() {
  return "Utc Time,Process,Pid,Cpu Percent,Memory Rss (MB),# of Threads,Disk Io Read (MB),"
         "Disk Io Write (MB),# of Children\n";
}

std::string process_usage_row(WallTime now, const ProcessReading& reading,
                              const std::optional<ProcessReading>& before) {
  const TreeReading& tree = reading.tree;
  Duration cpu = tree.cpu;
  Duration time = tree.age;
  if (before) {
    // What a child used is lost when nobody waits for it.
    cpu = std::max(Duration::zero(), tree.cpu - before->tree.cpu);
    time = reading.at - before->at;
  }
  return fmt::format("{},{},{},{},{},{},{},{},{}\n", iso_micros(now), process_name(reading.process),
                     reading.pid, percent(cpu.count(), time.count()), megabytes(tree.rss),
                     tree.threads, megabytes(tree.read), megabytes(tree.written), tree.children);
}

}  // namespace batchmill::agent
