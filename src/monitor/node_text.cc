#include "monitor/node_text.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "monitor/proc_text.h"

namespace batchmill::monitor {

namespace {

constexpr std::uint64_t kSectorBytes = 512;

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (const std::string_view word : split(line, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

std::uint64_t number(std::string_view word) {
  std::uint64_t value = 0;
  std::from_chars(word.data(), word.data() + word.size(), value);
  return value;
}

bool is_made_of_others(std::string_view device) {
  return std::ranges::any_of(std::vector<std::string_view>{"loop", "ram", "zram", "dm-", "md"},
                             [device](auto prefix) { return device.starts_with(prefix); });
}

// Blanks in names stand as \040.
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digits = text.substr(std::min(text.size(), i + 1), 3);
    unsigned value = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, 8);
    if (text[i] == '\\' && digits.size() == 3 && parsed.ptr == digits.data() + 3) {
      plain += static_cast<char>(value);
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

bool holds(const Mount& mount, std::string_view folder) {
  if (mount.mount_point == "/") return true;
  return folder.starts_with(mount.mount_point) &&
         (folder.size() == mount.mount_point.size() || folder[mount.mount_point.size()] == '/');
}

}  // namespace

void read_cpu(std::string_view proc_stat, NodeReading& reading) {
  const auto words = words_of(proc_stat.substr(0, proc_stat.find('\n')));
  // cpu user nice system idle iowait irq softirq steal; guest time is in user time.
  constexpr std::size_t kIdle = 4, kIoWait = 5, kEnd = 9;
  if (words.size() < kEnd || words[0] != "cpu") return;
  for (std::size_t i = 1; i < kEnd; ++i) {
    reading.cpu_total += number(words[i]);
    if (i != kIdle && i != kIoWait) reading.cpu_busy += number(words[i]);
  }
}

void read_memory(std::string_view meminfo, NodeReading& reading) {
  reading.memory_total = field(meminfo, "MemTotal").value_or(0) * 1024;
  reading.memory_available = field(meminfo, "MemAvailable").value_or(0) * 1024;
}

void read_disks(std::string_view diskstats, NodeReading& reading) {
  // major minor name reads merged sectors ms writes merged sectors ...
  constexpr std::size_t kName = 2, kReads = 3, kReadSectors = 5, kWrites = 7, kWriteSectors = 9;
  std::vector<std::vector<std::string_view>> devices;
  for (const std::string_view line : split(diskstats, '\n')) {
    auto words = words_of(line);
    if (words.size() > kWriteSectors && !is_made_of_others(words[kName])) {
      devices.push_back(std::move(words));
    }
  }
  for (const auto& device : devices) {
    // sda1 is a part of sda, nvme0n1p2 of nvme0n1.
    const bool is_partition = std::ranges::any_of(devices, [&](const auto& other) {
      return device[kName].size() > other[kName].size() && device[kName].starts_with(other[kName]);
    });
    if (is_partition) continue;
    reading.disk_reads += number(device[kReads]);
    reading.disk_writes += number(device[kWrites]);
    reading.disk_read += number(device[kReadSectors]) * kSectorBytes;
    reading.disk_written += number(device[kWriteSectors]) * kSectorBytes;
  }
}

void read_network(std::string_view net_dev, NodeReading& reading) {
  for (const std::string_view line : split(net_dev, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || trim(line.substr(0, colon)) == "lo") continue;
    const auto words = words_of(line.substr(colon + 1));
    constexpr std::size_t kReceived = 0, kSent = 8;
    if (words.size() <= kSent) continue;
    reading.network_received += number(words[kReceived]);
    reading.network_sent += number(words[kSent]);
  }
}

void read_connections(std::string_view sockstat, NodeReading& reading) {
  for (const std::string_view line : split(sockstat, '\n')) {
    const auto words = words_of(line);
    if (words.size() < 3 || words[1] != "inuse") continue;
    if (words[0] == "TCP:" || words[0] == "TCP6:") reading.tcp_connections += number(words[2]);
    if (words[0] == "UDP:" || words[0] == "UDP6:") reading.udp_connections += number(words[2]);
  }
}

std::vector<Mount> parse_mounts(std::string_view mounts) {
  std::vector<Mount> all;
  for (const std::string_view line : split(mounts, '\n')) {
    const auto words = words_of(line);
    if (words.size() < 3) continue;
    all.push_back({unescape(words[0]), unescape(words[1]), unescape(words[2])});
  }
  return all;
}

std::vector<Mount> disks_to_show(const std::vector<Mount>& mounts, std::string_view folder) {
  std::vector<Mount> shown;
  const auto show = [&shown](const Mount& mount) {
    const bool known = std::ranges::any_of(shown, [&mount](const Mount& other) {
      return mount.mount_point == other.mount_point ||
             (mount.device.starts_with("/dev/") && mount.device == other.device);
    });
    if (!known) shown.push_back(mount);
  };
  const Mount* holder = nullptr;  // of mounts over each other the last is seen
  for (const Mount& mount : mounts) {
    const bool is_local = mount.device.starts_with("/dev/") &&
                          !mount.device.starts_with("/dev/loop") && mount.type != "devtmpfs";
    if (is_local || mount.mount_point == "/") show(mount);
    if (holds(mount, folder) &&
        (holder == nullptr || mount.mount_point.size() >= holder->mount_point.size())) {
      holder = &mount;
    }
  }
  if (holder != nullptr) show(*holder);
  return shown;
}

}  // namespace batchmill::monitor
