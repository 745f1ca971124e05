#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace batchmill {

// A child that the spawner starts: its own session and process group, stdin from /dev/null.
struct SpawnRequest {
  std::uint64_t id = 0;           // chosen by the caller; answers carry it
  std::vector<std::string> argv;  // argv[0] is a path
  std::vector<std::pair<std::string, std::string>> environment;  // the whole of it
  std::string working_folder;
  std::string stdout_path;                    // appended to; created with its folders
  std::string stderr_path;                    // the same file as stdout when equal
  std::vector<std::pair<int, int>> pass_fds;  // (fd here, number there); 3 and up there
};

struct SpawnExit {
  std::uint64_t id = 0;
  int exit_code = 0;  // meaningful when signal is 0
  int signal = 0;
  std::int64_t user_micros = 0;
  std::int64_t system_micros = 0;
  std::uint64_t peak_rss_kib = 0;
};

// The spawner: a single-threaded process that starts and ends every worker and command step
// (design.md section 8). It kills all its descendants, those in their own sessions included, and
// exits when its owner dies. Handlers run on the loop's thread.
class Processes {
 public:
  struct Handlers {
    std::function<void(std::uint64_t id, int pid)> on_started;
    std::function<void(std::uint64_t id, Error)> on_start_failed;  // message names the path
    std::function<void(const SpawnExit&)> on_exit;  // after every process of its session is gone
    std::function<void()> on_spawner_died;
  };
  virtual ~Processes() = default;
  virtual void start(Handlers handlers) = 0;
  virtual void spawn(
      SpawnRequest request) = 0;  // the fds are duplicated; the caller closes its own
  // Sends `signal` to the child's process group only.
  virtual void signal(std::uint64_t id, int signal) = 0;
  // TERM to the child's whole session and descendants, KILL after `grace_millis` (0: at once).
  virtual void end(std::uint64_t id, int grace_millis) = 0;
};

}  // namespace batchmill
