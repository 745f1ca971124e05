#include "os/process_tree.h"

#include <array>
#include <cctype>
#include <charconv>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <unordered_map>

#include "os/unique_fd.h"

namespace batchmill {

namespace {

std::string read_proc_file(pid_t pid, const char* name) {
  const std::string path = "/proc/" + std::to_string(pid) + "/" + name;
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string content;
  std::array<char, 4096> buffer;
  while (file.valid()) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got <= 0) break;
    content.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return content;
}

std::optional<pid_t> next_number(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  pid_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
  return value;
}

}  // namespace

std::optional<ProcessEntry> parse_proc_stat(std::string_view line) {
  // "pid (name) state ppid pgrp session ..."; the name may hold blanks and parentheses.
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string_view::npos || name_end + 3 > line.size()) return std::nullopt;
  ProcessEntry entry;
  std::string_view head = line;
  const auto pid = next_number(head);
  const char state = line[name_end + 2];
  std::string_view rest = line.substr(name_end + 3);
  const auto parent = next_number(rest);
  const auto group = next_number(rest);
  const auto session = next_number(rest);
  if (!pid || !parent || !group || !session) return std::nullopt;
  entry.pid = *pid;
  entry.parent = *parent;
  entry.session = *session;
  entry.zombie = state == 'Z' || state == 'X';
  return entry;
}

std::vector<ProcessEntry> list_processes() {
  std::vector<ProcessEntry> processes;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; entry != end;
       entry.increment(error)) {
    if (error) break;
    const std::string name = entry->path().filename().string();
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) == 0) continue;
    std::string_view digits = name;
    const auto pid = next_number(digits);
    if (!pid) continue;
    if (const auto parsed = parse_proc_stat(read_proc_file(*pid, "stat"))) {
      processes.push_back(*parsed);
    }
  }
  return processes;
}

std::vector<Descendant> descendants_of(pid_t root, const std::vector<ProcessEntry>& processes) {
  std::unordered_multimap<pid_t, const ProcessEntry*> children;
  for (const ProcessEntry& process : processes) children.emplace(process.parent, &process);
  struct Visit {
    const ProcessEntry* process;
    pid_t branch;
  };
  std::vector<Visit> pending;
  const auto visit_children = [&](pid_t parent, pid_t branch) {
    const auto [first, last] = children.equal_range(parent);
    for (auto child = first; child != last; ++child) {
      if (child->second->pid == root) continue;
      pending.push_back({child->second, branch == 0 ? child->second->pid : branch});
    }
  };
  visit_children(root, 0);
  std::vector<Descendant> found;
  // A snapshot with a recycled pid could hold a cycle; no tree is larger than the snapshot.
  for (std::size_t steps = 0; !pending.empty() && steps <= processes.size(); ++steps) {
    const Visit visit = pending.back();
    pending.pop_back();
    if (!visit.process->zombie) {
      found.push_back({visit.process->pid, visit.process->session, visit.branch});
    }
    visit_children(visit.process->pid, visit.branch);
  }
  return found;
}

std::optional<std::string> process_variable(pid_t pid, std::string_view name) {
  const std::string environment = read_proc_file(pid, "environ");
  std::string_view rest = environment;
  while (!rest.empty()) {
    const std::string_view entry = rest.substr(0, rest.find('\0'));
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=') {
      return std::string(entry.substr(name.size() + 1));
    }
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
  }
  return std::nullopt;
}

void kill_all_descendants(int limit_millis) {
  constexpr int kPauseMillis = 5;
  for (int waited = 0; waited <= limit_millis; waited += kPauseMillis) {
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    bool any = false;
    for (const Descendant& process : descendants_of(::getpid(), list_processes())) {
      if (::kill(process.pid, SIGKILL) == 0) any = true;
    }
    if (!any) return;
    ::poll(nullptr, 0, kPauseMillis);
  }
}

}  // namespace batchmill
