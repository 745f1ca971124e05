#include "runlog/launcher_log.h"

#include <fmt/format.h>

#include "base/text.h"
#include "runlog/job_result.h"
#include "runlog/log_tree.h"

namespace batchmill::runlog {

namespace {

constexpr int kNodeExitCode = 41;

std::string stamped(WallTime now, std::string_view text) {
  return fmt::format("[{}] {}\n", iso_micros(now), printable(text));
}

}  // namespace

void LauncherLog::line(WallTime now, std::string_view text) {
  append_to_log(files_, folder_.driver_log(), stamped(now, text));
  append_to_log(files_, folder_.node_log(kLeaderNode.value), stamped(now, text));
}

void LauncherLog::node_joined(WallTime now, NodeId node) {
  if (node == kLeaderNode) {
    line(now, "node 0 is ready");
  } else {
    others_.insert(node);
    append_to_log(files_, folder_.node_log(node.value),
                  stamped(now, fmt::format("node {} is ready", node.value)));
  }
}

void LauncherLog::ended(WallTime now, JobStatus status) {
  line(now, fmt::format("the step is {}", name_of(status)));
  const std::string code = fmt::format("SystemExit: {}\n", leader_exit_code(status));
  append_to_log(files_, folder_.driver_log(), code);
  append_to_log(files_, folder_.node_log(kLeaderNode.value), code);
  for (const NodeId node : others_) {
    append_to_log(files_, folder_.node_log(node.value),
                  fmt::format("SystemExit: {}\n", kNodeExitCode));
  }
}

}  // namespace batchmill::runlog
