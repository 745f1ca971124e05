#include "runlog/launcher_log.h"

#include <fmt/format.h>

#include "base/text.h"
#include "runlog/job_result.h"

namespace batchmill::runlog {

namespace {

constexpr int kNodeExitCode = 41;

std::string stamped(WallTime now, std::string_view text) {
  return fmt::format("[{}] {}\n", iso_micros(now), printable(text));
}

}  // namespace

void LauncherLog::line(WallTime now, std::string_view text) {
  append(folder_.driver_log(), stamped(now, text));
  append(folder_.node_log(kLeaderNode.value), stamped(now, text));
}

void LauncherLog::node_joined(WallTime now, NodeId node) {
  if (node == kLeaderNode) {
    line(now, "node 0 is ready");
  } else {
    others_.insert(node);
    append(folder_.node_log(node.value), stamped(now, fmt::format("node {} is ready", node.value)));
  }
}

void LauncherLog::ended(WallTime now, JobStatus status) {
  line(now, fmt::format("the step is {}", name_of(status)));
  const std::string code = fmt::format("SystemExit: {}\n", leader_exit_code(status));
  append(folder_.driver_log(), code);
  append(folder_.node_log(kLeaderNode.value), code);
  for (const NodeId node : others_) {
    append(folder_.node_log(node.value), fmt::format("SystemExit: {}\n", kNodeExitCode));
  }
}

void LauncherLog::append(const std::string& path, const std::string& line) {
  if (files_.append(path, line)) return;
  static_cast<void>(files_.make_folders(path.substr(0, path.rfind('/'))));
  static_cast<void>(files_.append(path, line));
}

}  // namespace batchmill::runlog
