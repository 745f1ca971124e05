#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace batchmill {

// Cores that this process may use: the scheduler's affinity, capped by the quotas of its cgroups
// (v1 and v2; part of a core counts as one). At least 1.
std::uint32_t usable_cores();

// How often the kernel has killed a process of this process's cgroup for want of memory; 0 where it
// does not say.
std::uint64_t oom_kills();

// ---- the pure part ---------------------------------------------------------------------------

// Reads a small file; nothing when it does not exist.
using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

// The folder of a controller ("cpu", "memory"; "" for v2) below its mount, from the text of
// /proc/self/cgroup; nothing when that hierarchy is not there.
std::optional<std::string> cgroup_path(std::string_view proc_self_cgroup,
                                       std::string_view controller);

// Cores that the CPU quotas of a cgroup and its parents allow; nothing when there is no quota.
std::optional<double> cpu_quota(std::string_view proc_self_cgroup, const ReadFile& read);

std::uint64_t oom_kill_count(std::string_view proc_self_cgroup, const ReadFile& read);

}  // namespace batchmill
