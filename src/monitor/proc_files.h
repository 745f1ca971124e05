#pragma once

#include <string>
#include <vector>

namespace batchmill::monitor {

// The whole of a file of /proc; empty when it cannot be read (the process is gone, or another's).
std::string read_proc(const std::string& path);

// The process, if it is alive, and all its living descendants; then those that descend from nobody
// here any more but are still in its session. Children that were left by a parent and have a
// session of their own are not found. The process first.
std::vector<int> process_tree(int pid);

}  // namespace batchmill::monitor
