#pragma once

#include "cli/console.h"
#include "workspace/refusal.h"

namespace batchmill::cli {

// "ERROR: <message>", its details, and what to do instead.
void show_refusal(const workspace::Refusal& refusal, Console& console);

}  // namespace batchmill::cli
