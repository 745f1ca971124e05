#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/progress.h"

// progress.json and events.jsonl (docs/formats/progress.md). Pure.
namespace batchmill::runlog {

std::string to_json(const JobProgress& progress);
// Errors: kProtocol, also for a version that this program does not know. Keys that are absent read
// as "not known".
Result<JobProgress> progress_from_json(std::string_view text);

// With its line break.
std::string to_json_line(const JobEvent& event);
Result<JobEvent> event_from_json(std::string_view line);

// What `BATCHMILL_PROGRESS=json` prints of a step, without a line break (messages.md 4).
std::string step_progress_json(const JobProgress& progress, const StepProgress& step);

}  // namespace batchmill::runlog
