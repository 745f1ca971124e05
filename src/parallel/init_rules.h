#pragma once

#include <cstdint>

#include "base/time.h"

// When init() keeps failing (parallel-job.md 5.6). Pure.
namespace batchmill::parallel {

// Rule 1: no new worker on a node whose first workers all failed, after three rounds of them.
bool node_gives_up(std::uint32_t failures, bool ever_ready, std::uint32_t workers_per_node);

// Rule 2: no worker of the whole job became ready for two minutes and two rounds of failures.
constexpr Duration kInitPatience = std::chrono::minutes(2);
bool job_gives_up(std::uint64_t failures, std::uint32_t nodes, std::uint32_t workers_per_node,
                  bool ever_ready, Duration running_for);

// Rule 3: all workers inside init() for so long is no progress.
Duration stuck_init_limit(Duration run_timeout);

// Pause before the next start on a node, so that a failing init() does not spin: none in the first
// round, then growing with each round.
Duration start_delay(std::uint32_t failures, std::uint32_t workers_per_node);

}  // namespace batchmill::parallel
