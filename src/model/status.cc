#include "model/status.h"

#include <array>
#include <utility>

namespace batchmill {

namespace {

constexpr std::array kNames = {
    std::pair{JobStatus::kNotStarted, "NotStarted"},
    std::pair{JobStatus::kStarting, "Starting"},
    std::pair{JobStatus::kPreparing, "Preparing"},
    std::pair{JobStatus::kQueued, "Queued"},
    std::pair{JobStatus::kRunning, "Running"},
    std::pair{JobStatus::kFinalizing, "Finalizing"},
    std::pair{JobStatus::kCancelRequested, "CancelRequested"},
    std::pair{JobStatus::kCompleted, "Completed"},
    std::pair{JobStatus::kFailed, "Failed"},
    std::pair{JobStatus::kCanceled, "Canceled"},
    std::pair{JobStatus::kNotResponding, "NotResponding"},
};

}  // namespace

const char* name_of(JobStatus status) {
  for (const auto& [candidate, name] : kNames) {
    if (candidate == status) return name;
  }
  return "Unknown";
}

std::optional<JobStatus> job_status_from(const std::string& text) {
  for (const auto& [status, name] : kNames) {
    if (text == name) return status;
  }
  return std::nullopt;
}

bool is_terminal(JobStatus status) {
  return status == JobStatus::kCompleted || status == JobStatus::kFailed ||
         status == JobStatus::kCanceled;
}

}  // namespace batchmill
