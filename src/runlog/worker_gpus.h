#pragma once

#include <cstdint>
#include <map>

#include "model/ids.h"

namespace batchmill::runlog {

// Which GPU of its node a worker has: its index, as nvidia-smi counts. Workers without one are
// absent, and so are those that ended before the leader that asks began.
using WorkerGpus = std::map<WorkerId, std::uint32_t>;

}  // namespace batchmill::runlog
