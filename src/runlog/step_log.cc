#include "runlog/step_log.h"

#include <fmt/format.h>

#include "runlog/leader_log.h"

namespace batchmill::runlog {

namespace {

constexpr NodeId kLeaderNode{0};
constexpr const char* kThread = "MainThread";

}  // namespace

StepLog::StepLog(Files& files, LogTree tree, WallTime now, int pid)
    : files_(files),
      tree_(std::move(tree)),
      overview_(files, tree_, now),
      leader_path_(tree_.master_role(now)),
      pid_(pid) {}

void StepLog::begun(WallTime now, const std::string& step_job) {
  overview_.write(now, overview_started(kLeaderNode));
  leader(now, "INFO", fmt::format("{} is led from here", step_job));
}

void StepLog::settings(WallTime now, const std::vector<SettingUse>& settings) {
  for (const SettingUse& setting : settings) overview_.write(now, overview_setting(setting));
}

void StepLog::scheduled(WallTime now, std::uint64_t mini_batches, std::uint64_t items,
                        Duration elapsed) {
  const std::string line = overview_scheduled(mini_batches, items, elapsed);
  overview_.write(now, line);
  leader(now, "INFO", line);
}

void StepLog::progress(WallTime now, const StepProgress& step) { overview_.progress(now, step); }

void StepLog::ended(WallTime now, JobStatus status, const std::string& reason) {
  const std::string line = overview_result(status, reason);
  overview_.write(now, "The progress overviewer stopped.");
  overview_.write(now, line);
  leader(now, status == JobStatus::kFailed ? "ERROR" : "INFO", line);
}

void StepLog::leader(WallTime now, std::string_view level, std::string_view message) {
  static_cast<void>(
      files_.append(leader_path_, system_log_line(now, level, pid_, kThread, message)));
}

void StepLog::node(WallTime now, NodeId node, std::string_view level, std::string_view message) {
  const std::string path = tree_.node_main(node);
  static_cast<void>(files_.make_folders(path.substr(0, path.rfind('/'))));
  static_cast<void>(files_.append(path, system_log_line(now, level, pid_, kThread, message)));
}

}  // namespace batchmill::runlog
