#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runlog/failure_groups.h"
#include "runlog/stop_reason.h"

// Why a step failed, as the one record that terminal, `job show` and job_result.txt render
// (messages.md 3.1; docs/formats/job-error.md). Pure.
namespace batchmill::runlog {

struct StepFailure {
  std::string job;  // the pipeline job, for `job resume`
  std::string step;
  std::string pipeline;  // its file as typed, for `job try`; empty: nothing to try
  int code = 0;
  std::string message;  // the first line without the step
  std::optional<CodePlace> place;
  std::string stopped;  // which line was crossed; empty when `message` says it
  std::optional<SettingUse> stopped_by;
  std::optional<ErrorRecord> cause;  // of a failure outside mini-batches: init(), import, a command
  std::vector<FailureGroup> groups;  // most frequent first
  FailureRest rest;
  std::string help;
  std::string log;  // full path of the log that has everything
};

// A step that ended by `stop`, by the failed worker or command of `cause`, or by both.
struct FailureCause {
  std::string job, step, pipeline, log;
  std::optional<StopReason> stop;
  std::optional<ErrorRecord> cause;
};
// `groups` may be null. At most `shown` groups are taken over.
StepFailure describe_failure(const FailureCause& cause, const FailureGroups* groups,
                             std::size_t shown);

inline constexpr std::size_t kGroupsOnScreen = 3;
inline constexpr std::size_t kGroupsInJobError = 20;

std::string to_json(const StepFailure& failure);
Result<StepFailure> step_failure_from_json(std::string_view text);

// The block of messages.md 3.1, each line with its break. `head`: "ERROR", or "ERROR[BM901]".
std::string failure_block(const StepFailure& failure, std::string_view head);
// The numbered groups of it alone.
std::string failure_groups_text(const StepFailure& failure);
// "BM901"
std::string code_name(int code);

}  // namespace batchmill::runlog
