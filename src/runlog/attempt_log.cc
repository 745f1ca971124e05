#include "runlog/attempt_log.h"

#include <algorithm>

#include <fmt/format.h>

#include "runlog/error_record.h"
#include "runlog/failure_text.h"
#include "runlog/leader_log.h"

namespace batchmill::runlog {

namespace {

constexpr const char* kThread = "MainThread";

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::string subject(const AttemptRecord& attempt) {
  std::string text = fmt::format("mini-batch {}", attempt.id.mini_batch.value);
  const ItemRange& part = attempt.id.part;
  if (!part.is_whole()) {
    text += fmt::format(", items {} to {}", part.first, part.first + part.count - 1);
  }
  return text + fmt::format(", try {}", attempt.id.number);
}

WallTime end_of(const Outcome& outcome) {
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(outcome.elapsed);
  return WallTime{outcome.started.micros + elapsed.count()};
}

}  // namespace

std::string picked_line(const AttemptRecord& attempt) {
  return fmt::format("{}: picked by node {} {}", subject(attempt), attempt.worker.node.value,
                     process_name(attempt.worker.process));
}

std::string finished_line(const AttemptRecord& attempt) {
  const Outcome& outcome = attempt.outcome;
  std::string text = fmt::format(
      "{}: {}; {} items, {} succeeded, {} failed; {:.2f} s, run {:.2f} s, cpu {:.2f} s, peak {} MB",
      subject(attempt), status_name(outcome.status), outcome.total, outcome.succeeded,
      outcome.total - std::min(outcome.total, outcome.succeeded), seconds(outcome.elapsed),
      seconds(outcome.run), seconds(outcome.cpu), (outcome.peak_rss_kib + 512) / 1024);
  if (outcome.status != AttemptStatus::kRunDone) {
    text += "; " + failure_line(error_record_of(attempt));
  }
  return text;
}

void AttemptLog::committed(const std::vector<AttemptRecord>& attempts) {
  for (const AttemptRecord& attempt : attempts) {
    const Outcome& outcome = attempt.outcome;
    const bool failed = outcome.status != AttemptStatus::kRunDone;
    const bool is_slow = !failed && runs_.add(outcome.run);
    const bool is_shown =
        failed || level_ == LoggingLevel::kDebug || (is_slow && level_ == LoggingLevel::kInfo);
    if (!is_shown) continue;
    const char* usual = level_ == LoggingLevel::kDebug ? "DEBUG" : "INFO";
    if (level_ != LoggingLevel::kWarning) {
      add_line(attempt, outcome.started, usual, picked_line(attempt));
    }
    add_line(attempt, end_of(outcome), failed ? "WARNING" : usual,
             finished_line(attempt) + (is_slow ? "; slow" : ""));
  }
  write();
}

void AttemptLog::add_line(const AttemptRecord& attempt, WallTime time, std::string_view level,
                          const std::string& message) {
  const auto known = pids_.find(attempt.worker);
  const std::int64_t pid = known == pids_.end() ? pid_ : known->second;
  pending_[attempt.worker] += system_log_line(time, level, pid, kThread, message);
}

void AttemptLog::write() {
  for (const auto& [worker, lines] : pending_) {
    append_to_log(files_, tree_.node_process(worker), lines);
  }
  pending_.clear();
}

}  // namespace batchmill::runlog
