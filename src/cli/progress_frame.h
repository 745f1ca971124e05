#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "cli/display_caps.h"
#include "model/progress.h"

namespace batchmill::cli {

struct FrameState {
  std::string job;
  WallTime started;      // of the job; 0: not yet
  JobProgress progress;  // no steps: nothing was reported yet
};

// The lines of the live display (messages.md 4): a header and a line per running step, and for
// jobs of several steps a line about the whole. No line is wider than caps.width - 1; at most 8
// steps and caps.height - 3 lines. Pure.
std::vector<std::string> frame(const FrameState& state, WallTime now, const DisplayCaps& caps);

}  // namespace batchmill::cli
