#include "monitor/proc_text.h"

#include <charconv>

#include "base/text.h"

namespace batchmill::monitor {

namespace {

template <typename Number>
std::optional<Number> leading_number(std::string_view text) {
  text = trim(text);
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

std::uint64_t kibibytes(std::string_view text, std::string_view name) {
  return field(text, name).value_or(0) * 1024;
}

}  // namespace

std::optional<std::uint64_t> field(std::string_view text, std::string_view name) {
  for (const std::string_view line : split(text, '\n')) {
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':') {
      return leading_number<std::uint64_t>(line.substr(name.size() + 1));
    }
  }
  return std::nullopt;
}

std::uint64_t status_memory(std::string_view status) {
  return kibibytes(status, "RssAnon") + kibibytes(status, "RssShmem") + kibibytes(status, "VmSwap");
}

std::optional<std::uint64_t> rollup_memory(std::string_view rollup) {
  if (!field(rollup, "Pss_Anon")) return std::nullopt;
  return kibibytes(rollup, "Pss_Anon") + kibibytes(rollup, "Pss_Shmem") +
         kibibytes(rollup, "SwapPss");
}

std::vector<int> child_pids(std::string_view children) {
  std::vector<int> pids;
  for (const std::string_view word : split(children, ' ')) {
    if (const auto pid = leading_number<int>(word)) pids.push_back(*pid);
  }
  return pids;
}

std::optional<ProcessStat> parse_process_stat(std::string_view line) {
  const std::size_t name_end = line.rfind(") ");
  const auto pid = leading_number<int>(line);
  if (name_end == std::string_view::npos || !pid) return std::nullopt;
  // Fields from the third on: state, ppid, pgrp, session, ... (proc(5)).
  const auto fields = split(line.substr(name_end + 2), ' ');
  constexpr std::size_t kParent = 1, kSession = 3, kUser = 11, kThreads = 17, kStart = 19;
  if (fields.size() <= kStart) return std::nullopt;
  ProcessStat stat;
  stat.pid = *pid;
  stat.parent = leading_number<int>(fields[kParent]).value_or(0);
  stat.session = leading_number<int>(fields[kSession]).value_or(0);
  for (std::size_t i = kUser; i < kUser + 4; ++i) {
    stat.cpu_ticks += leading_number<std::uint64_t>(fields[i]).value_or(0);
  }
  stat.threads = leading_number<std::uint32_t>(fields[kThreads]).value_or(0);
  stat.start_ticks = leading_number<std::uint64_t>(fields[kStart]).value_or(0);
  return stat;
}

}  // namespace batchmill::monitor
