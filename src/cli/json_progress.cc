#include "cli/json_progress.h"

#include "runlog/progress_json.h"

namespace batchmill::cli {

void JsonProgress::update(const FrameState& state, bool changed) {
  if (!changed) return;
  for (const StepProgress& step : state.progress.steps) {
    if (step.status == JobStatus::kNotStarted) continue;
    console_.err(runlog::step_progress_json(state.progress, step) + "\n");
  }
}

}  // namespace batchmill::cli
