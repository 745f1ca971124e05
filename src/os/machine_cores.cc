#include "os/machine_cores.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fcntl.h>
#include <sched.h>
#include <sstream>
#include <unistd.h>

#include <fmt/format.h>

#include "base/text.h"
#include "os/unique_fd.h"

namespace batchmill {

namespace {

constexpr std::size_t kMostCpus = 16384;

std::optional<std::string> read_small_file(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return std::nullopt;
  std::string content(65536, '\0');
  const ssize_t got = ::read(file.get(), content.data(), content.size());
  if (got < 0) return std::nullopt;
  content.resize(static_cast<std::size_t>(got));
  return content;
}

std::optional<double> to_number(std::string_view text) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{}) return std::nullopt;
  return value;
}

// The value behind "name " in lines of such pairs.
std::optional<double> field(std::string_view text, std::string_view name) {
  for (const std::string_view line : split(text, '\n')) {
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ' ') {
      return to_number(line.substr(name.size() + 1));
    }
  }
  return std::nullopt;
}

std::optional<double> quota_v2(const std::string& folder, const ReadFile& read) {
  const auto text = read(folder + "/cpu.max");  // "max 100000" or "150000 100000"
  if (!text) return std::nullopt;
  const std::size_t blank = text->find(' ');
  if (blank == std::string::npos) return std::nullopt;
  const auto quota = to_number(text->substr(0, blank));
  const auto period = to_number(std::string_view(*text).substr(blank + 1));
  if (!quota || !period || *period <= 0) return std::nullopt;
  return *quota / *period;
}

std::optional<double> quota_v1(const std::string& folder, const ReadFile& read) {
  const auto quota_text = read(folder + "/cpu.cfs_quota_us");
  const auto period_text = read(folder + "/cpu.cfs_period_us");
  if (!quota_text || !period_text) return std::nullopt;
  const auto quota = to_number(*quota_text);
  const auto period = to_number(*period_text);
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return *quota / *period;
}

// Applies `look` to the group's folder and to those above it, up to the mount.
template <typename Look>
void walk_up(const std::string& mount, std::string path, const Look& look) {
  while (true) {
    while (path.ends_with('/')) path.pop_back();
    look(mount + path);
    if (path.empty()) return;
    path.erase(std::min(path.size(), path.rfind('/')));
  }
}

}  // namespace

std::optional<std::string> cgroup_path(std::string_view proc_self_cgroup,
                                       std::string_view controller) {
  for (const std::string_view line : split(proc_self_cgroup, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view names = line.substr(first + 1, second - first - 1);
    for (const std::string_view name : split(names, ',')) {
      if (name == controller) return std::string(line.substr(second + 1));
    }
    if (names.empty() && controller.empty()) return std::string(line.substr(second + 1));
  }
  return std::nullopt;
}

std::optional<double> cpu_quota(std::string_view proc_self_cgroup, const ReadFile& read) {
  std::optional<double> least;
  const auto take = [&least](std::optional<double> quota) {
    if (quota && (!least || *quota < *least)) least = quota;
  };
  if (const auto path = cgroup_path(proc_self_cgroup, "")) {
    walk_up("/sys/fs/cgroup", *path,
            [&](const std::string& folder) { take(quota_v2(folder, read)); });
  }
  if (const auto path = cgroup_path(proc_self_cgroup, "cpu")) {
    walk_up("/sys/fs/cgroup/cpu", *path,
            [&](const std::string& folder) { take(quota_v1(folder, read)); });
  }
  return least;
}

std::uint64_t oom_kill_count(std::string_view proc_self_cgroup, const ReadFile& read) {
  const auto count = [&read](const std::string& file) {
    const auto text = read(file);
    const auto value = text ? field(*text, "oom_kill") : std::nullopt;
    return value ? static_cast<std::uint64_t>(*value) : 0;
  };
  std::uint64_t total = 0;
  if (const auto path = cgroup_path(proc_self_cgroup, "")) {
    total += count(fmt::format("/sys/fs/cgroup{}/memory.events", *path));
  }
  if (const auto path = cgroup_path(proc_self_cgroup, "memory")) {
    total += count(fmt::format("/sys/fs/cgroup/memory{}/memory.oom_control", *path));
  }
  return total;
}

std::uint32_t usable_cores() {
  cpu_set_t* set = CPU_ALLOC(kMostCpus);
  const std::size_t size = CPU_ALLOC_SIZE(kMostCpus);
  double cores = 1;
  if (set != nullptr && ::sched_getaffinity(0, size, set) == 0) cores = CPU_COUNT_S(size, set);
  CPU_FREE(set);
  const auto groups = read_small_file("/proc/self/cgroup");
  if (const auto quota = cpu_quota(groups.value_or(""), read_small_file)) {
    cores = std::min(cores, std::ceil(*quota));
  }
  return static_cast<std::uint32_t>(std::max(1.0, cores));
}

std::uint64_t oom_kills() {
  return oom_kill_count(read_small_file("/proc/self/cgroup").value_or(""), read_small_file);
}

}  // namespace batchmill
