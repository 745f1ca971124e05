#pragma once

#include <cstdint>

#include "engine/machine.h"
#include "model/plan.h"
#include "parallel/scheduler.h"

namespace batchmill::engine {

// Whether returned rows are written: append_row_to is there, and output_action does not say
// summary_only.
bool appends_rows(const ParallelSpec& spec);

// Nodes that a step runs on; a command runs on one.
std::uint32_t node_count(const ParallelSpec& spec);
std::uint32_t node_count(const StepPlan& step);

// The settings of a parallel step as the scheduler wants them (parallel-job.md 1, 5.3, 5.5). Pure.
// Default of max_concurrency_per_instance: the cores of the machine divided by the nodes, at least
// one; one where there are GPUs (4.6).
parallel::StepRules step_rules(const ParallelSpec& spec, const Machine& machine);

}  // namespace batchmill::engine
