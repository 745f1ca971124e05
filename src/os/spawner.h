#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "os/unique_fd.h"

namespace batchmill {

// The owner's end of a running spawner.
struct SpawnerLink {
  UniqueFd socket;
  pid_t pid = 0;
};

// Forks the spawner (design.md section 8): a single-threaded child subreaper that starts and ends
// every worker and command step on behalf of this process. When the link's socket closes, which
// the death of this process brings about, it kills all its descendants, those in sessions of their
// own included, and exits. Also makes this process a child subreaper, so that it inherits what a
// dead spawner leaves.
//
// Call before this process has a second thread, and before it opens what children must not see:
// the spawner keeps no descriptor but its socket and stderr.
Result<SpawnerLink> fork_spawner();

}  // namespace batchmill
