#include "runlog/leader_log.h"

#include <fmt/format.h>

#include "base/text.h"

namespace batchmill::runlog {

std::string system_log_line(WallTime time, std::string_view level, std::int64_t pid,
                            std::string_view thread, std::string_view message) {
  const std::string iso = iso_micros(time);
  return fmt::format("{} {},{}|{}|{}|{}|{}\n", iso.substr(0, 10), iso.substr(11, 8),
                     iso.substr(20, 3), level, pid, thread, printable(message));
}

}  // namespace batchmill::runlog
