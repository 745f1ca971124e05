#pragma once

#include "cli/console.h"
#include "workspace/find_job.h"

namespace batchmill::cli {

// Notice 009: the leader of an unfinished job had ended and was started again.
void tell_restarted(const workspace::FoundJob& job, Console& console);

}  // namespace batchmill::cli
