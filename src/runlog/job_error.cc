#include "runlog/job_error.h"

#include <fmt/format.h>

#include "runlog/step_failure.h"

namespace batchmill::runlog {

namespace {

StepFailure describe(const JobErrorRequest& request, const std::optional<StopReason>& stop,
                     const FailureGroups* groups, std::size_t shown) {
  FailureCause cause{request.job, request.step, request.pipeline, request.log, stop, std::nullopt};
  if (!request.record.empty()) cause.cause = parse_error_record(request.record);
  return describe_failure(cause, groups, shown);
}

JobError job_error(const StepFailure& failure) {
  return {failure.message, to_json(failure), failure_block(failure, "ERROR")};
}

}  // namespace

JobError command_job_error(const JobErrorRequest& request) {
  return job_error(describe(request, std::nullopt, nullptr, 0));
}

JobError parallel_job_error(const JobErrorRequest& request, const std::optional<StopReason>& stop,
                            const FailureGroups& groups) {
  return job_error(describe(request, stop, &groups, kGroupsOnScreen));
}

std::string job_error_text(const JobErrorRequest& request, const std::optional<StopReason>& stop,
                           const FailureGroups& groups) {
  const StepFailure failure = describe(request, stop, &groups, kGroupsInJobError);
  if (stop || failure.cause) {
    return failure_block(failure, fmt::format("ERROR[{}]", code_name(failure.code)));
  }
  if (groups.empty()) return "";
  return fmt::format("{}: failed attempts, most frequent first\n\n", request.step) +
         failure_groups_text(failure);
}

}  // namespace batchmill::runlog
