#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "model/attempt.h"
#include "ports/processes.h"
#include "runlog/error_record.h"

// Error records (docs/formats/error-record.md) of what only the agent sees: codes 908 to 912 of
// messages.md 3.2. Pure.
namespace batchmill::agent {

// An attempt that was killed for its time (kRunTimeout, kLoadTimeout). `dump`: what faulthandler
// wrote to stderr.
runlog::ErrorRecord timeout_error(AttemptStatus status, Duration limit, std::string_view dump,
                                  std::string_view code_folder);

// A process that died by itself. `out_of_memory`: the kernel has killed for memory meanwhile.
// `stderr_tail`: the end of its stderr, for the stack and the last five lines.
runlog::ErrorRecord death_error(const SpawnExit& exit, bool out_of_memory,
                                std::string_view stderr_tail, std::string_view code_folder);

// A process that we ended because it and its children held `peak` bytes.
runlog::ErrorRecord memory_error(std::uint64_t peak, std::uint64_t limit,
                                 std::string_view stderr_tail);

// A process that could not be started, or that we ended because it broke the protocol.
runlog::ErrorRecord broken_worker_error(const std::string& message, std::string_view stderr_tail);

// The worker's own record, with the number of its mini-batch.
std::string with_mini_batch(const std::string& error_json, std::uint64_t mini_batch);

}  // namespace batchmill::agent
