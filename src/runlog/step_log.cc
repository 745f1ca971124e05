#include "runlog/step_log.h"

#include <fmt/format.h>

#include "runlog/leader_log.h"
#include "runlog/progress_series.h"
#include "runlog/step_metrics.h"

namespace batchmill::runlog {

namespace {

constexpr const char* kThread = "MainThread";
constexpr std::int64_t kEveryMicros = 10'000'000;

int rank_of(std::string_view level) {
  if (level == "DEBUG") return 0;
  if (level == "INFO") return 1;
  return level == "WARNING" ? 2 : 3;
}

int least_rank(LoggingLevel level) {
  switch (level) {
    case LoggingLevel::kDebug:
      return 0;
    case LoggingLevel::kInfo:
      return 1;
    case LoggingLevel::kWarning:
      return 2;
  }
  return 1;
}

}  // namespace

StepLog::StepLog(Files& files, StepLogPlan plan, WallTime now)
    : files_(files),
      plan_(std::move(plan)),
      tree_(plan_.folder.logs()),
      overview_(files, tree_, now),
      launcher_(files, plan_.folder),
      leader_path_(tree_.master_role(now)),
      series_path_(tree_.progress_series(now)),
      last_figures_(now) {}

void StepLog::begun(WallTime now) {
  overview_.write(now, overview_started(kLeaderNode));
  leader(now, "INFO", fmt::format("{} is led from here", plan_.step_job));
  launcher_.line(now, fmt::format("parallel step {}, logs in {}", plan_.step_job, tree_.root()));
}

void StepLog::settings(WallTime now, const std::vector<SettingUse>& settings) {
  std::vector<std::string> lines;
  lines.reserve(settings.size());
  for (const SettingUse& setting : settings) lines.push_back(overview_setting(setting));
  overview_.set_head(now, std::move(lines));
}

void StepLog::node_joined(WallTime now, NodeId node) { launcher_.node_joined(now, node); }

void StepLog::scheduled(WallTime now, std::uint64_t mini_batches, std::uint64_t items,
                        Duration elapsed) {
  tell(now, overview_scheduled(mini_batches, items, elapsed));
}

void StepLog::progress(WallTime now, const StepProgress& step) {
  if (const std::string line = overview_.progress(now, step); !line.empty()) {
    leader(now, "INFO", line);
  }
  if (now.micros - last_figures_.micros >= kEveryMicros) add_figures(now, step);
}

void StepLog::concatenating(WallTime now) { tell(now, "Concatenation of the rows started."); }

void StepLog::concatenated(WallTime now, std::uint64_t rows) {
  tell(now, fmt::format("Concatenation finished: {} rows.", rows));
}

void StepLog::ended(WallTime now, JobStatus status, const std::string& reason,
                    const StepProgress& last) {
  add_figures(now, last);
  const std::string line = overview_result(status, reason);
  overview_.write(now, "The progress overviewer stopped.");
  overview_.write(now, line);
  leader(now, status == JobStatus::kFailed ? "ERROR" : "INFO", line);
  launcher_.ended(now, status);
}

void StepLog::tell(WallTime now, const std::string& line) {
  overview_.write(now, line);
  leader(now, "INFO", line);
}

void StepLog::add_figures(WallTime now, const StepProgress& step) {
  last_figures_ = now;
  if (!series_begun_) {
    series_begun_ = true;
    append_to_log(files_, series_path_, progress_series_header());
  }
  append_to_log(files_, series_path_, progress_series_row(now, step));
  const std::vector<Metric> metrics = step_metrics(step);
  append_to_log(files_, plan_.folder.metrics(),
                metric_lines(now, metrics, plan_.metrics_prefix, ""));
  if (plan_.parent_metrics.empty()) return;
  append_to_log(files_, plan_.parent_metrics,
                metric_lines(now, metrics, plan_.metrics_prefix, plan_.step));
}

void StepLog::leader(WallTime now, std::string_view level, std::string_view message) {
  system(leader_path_, kLeaderNode, now, level, message);
}

void StepLog::node(WallTime now, NodeId node, std::string_view level, std::string_view message) {
  system(tree_.node_main(node), node, now, level, message);
}

void StepLog::worker_warning(WallTime now, WorkerId worker, std::string_view message) {
  append_to_log(files_, tree_.sys_warning(worker),
                system_log_line(now, "WARNING", plan_.pid, kThread, message));
}

void StepLog::system(const std::string& path, NodeId node, WallTime now, std::string_view level,
                     std::string_view message) {
  const int rank = rank_of(level);
  if (rank < least_rank(plan_.level)) return;
  const std::string line = system_log_line(now, level, plan_.pid, kThread, message);
  append_to_log(files_, path, line);
  if (rank == 2) append_to_log(files_, tree_.sys_warning_main(node), line);
  if (rank == 3) append_to_log(files_, tree_.sys_error_main(node), line);
}

}  // namespace batchmill::runlog
