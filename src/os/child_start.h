#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

#include "base/result.h"
#include "os/unique_fd.h"
#include "ports/processes.h"

namespace batchmill::spawner {

// Forks and executes `request`: own session, stdin from /dev/null, output appended to its files
// (folders are created), `fds` at the numbers of request.pass_fds, every other descriptor closed,
// default signal handling, KILL when the calling process dies. `marker` becomes the variable
// BATCHMILL_SPAWN. Returns once the program has been executed; an error names the path that failed.
// The caller must be single-threaded.
Result<pid_t> start_child(const SpawnRequest& request, std::vector<UniqueFd> fds,
                          const std::string& marker);

}  // namespace batchmill::spawner
