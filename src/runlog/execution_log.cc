#include "runlog/execution_log.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace batchmill::runlog {

namespace {

constexpr std::size_t kShown = 5;

}  // namespace

std::string execution_stamp(WallTime time) {
  std::string iso = iso_seconds(time);
  iso[iso.find('T')] = ' ';
  return fmt::format("[{}] ", iso);
}

std::string submitting_line(const std::vector<std::string>& jobs) {
  const auto shown = static_cast<std::ptrdiff_t>(std::min(jobs.size(), kShown));
  return fmt::format("Submitting {} run{}, first five are: {}", jobs.size(),
                     jobs.size() == 1 ? "" : "s", join({jobs.begin(), jobs.begin() + shown}, ", "));
}

std::string submitting_line(const std::string& job) {
  return submitting_line(std::vector<std::string>{job});
}

std::string reused_line(const std::string& job, const std::string& from) {
  return fmt::format("Reusing the results of run id {} for run id {}", from, job);
}

std::string finished_line(const std::string& job, JobStatus status) {
  return fmt::format("Completing processing run id {}: {}", job, name_of(status));
}

}  // namespace batchmill::runlog
