#include "agent/error_log_entry.h"

#include <fmt/format.h>

#include "agent/stack_dump.h"
#include "base/text.h"

namespace batchmill::agent {

namespace {

constexpr std::size_t kStderrLines = 20;
constexpr std::string_view kOffset = "+00:00";

std::string name_of(const HeldLease& lease) {
  std::string name = fmt::format("mini-batch {}", lease.mini_batch.value);
  const ItemRange part = lease.part;
  if (part.count == 1) {
    name += fmt::format(", item {}", part.first);
  } else if (!part.is_whole()) {
    name += fmt::format(", items {} to {}", part.first, part.first + part.count - 1);
  }
  return name + fmt::format(", try {}", lease.attempt);
}

}  // namespace

std::string error_log_entry(WallTime now, const EndedByAgent& attempt) {
  std::string stamp = iso_micros(now);
  stamp.resize(stamp.size() - kOffset.size());
  std::string entry = fmt::format("{}Z {}: {}\n", stamp, name_of(attempt.lease), attempt.why);
  const std::string_view dump = trim(attempt.dump);
  if (!dump.empty()) {
    entry += fmt::format("Its threads when it was ended:\n{}\n", repair_utf8(dump));
  }
  const std::string said = last_lines(attempt.stderr_tail, kStderrLines);
  if (!said.empty()) entry += fmt::format("The last it wrote to stderr:\n{}\n", repair_utf8(said));
  return entry + "\n";
}

}  // namespace batchmill::agent
