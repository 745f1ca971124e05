#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace batchmill::runlog {

// A line of sys/master_role.<stamp>.txt and of the nodes' _main.txt, with its break:
// "2026-01-12 09:13:40,123|INFO|4711|MainThread|message" (parallel-job.md 7.3). `level`: DEBUG,
// INFO, WARNING, ERROR. Line breaks in the message are shown as escapes. Pure.
std::string system_log_line(WallTime time, std::string_view level, std::int64_t pid,
                            std::string_view thread, std::string_view message);

}  // namespace batchmill::runlog
