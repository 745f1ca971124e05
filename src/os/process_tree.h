#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

// Who descends from whom, read from /proc. A snapshot: processes come and go while it is taken, so
// whoever must end a whole tree looks again until nothing is left.
namespace batchmill {

struct ProcessEntry {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t session = 0;
  bool zombie = false;
};

// One line of /proc/<pid>/stat; nothing when it is malformed. Pure.
std::optional<ProcessEntry> parse_proc_stat(std::string_view line);

std::vector<ProcessEntry> list_processes();

struct Descendant {
  pid_t pid = 0;
  pid_t session = 0;
  pid_t branch = 0;  // the ancestor (or itself) that is a direct child of the root
};

// All living descendants of `root` (zombies are left out, but lead to their children). Pure.
std::vector<Descendant> descendants_of(pid_t root, const std::vector<ProcessEntry>& processes);

// The value of one variable in the environment that the process was started with; nothing when it
// has none or may not be read.
std::optional<std::string> process_variable(pid_t pid, std::string_view name);

// Kills every descendant of this process and reaps those that become its children; returns when
// none is left, or after `limit_millis`. For a process that is a child subreaper.
void kill_all_descendants(int limit_millis);

}  // namespace batchmill
