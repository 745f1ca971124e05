#pragma once

#include <cstdint>
#include <string>

#include "model/plan.h"
#include "parallel/scheduler.h"

namespace batchmill::engine {

// The settings of a parallel step as the scheduler wants them (parallel-job.md 1, 5.3, 5.5). Pure.
// `cores`: usable cores of a node, the default of max_concurrency_per_instance.
parallel::StepRules step_rules(const ParallelSpec& spec, std::uint32_t cores);

// Effective value and origin of every setting as a JSON list of {name, value, origin, place}: kept
// with the job, printed by `job show --settings` and at the head of the logs.
std::string settings_json(const ParallelSpec& spec, const parallel::StepRules& rules);

}  // namespace batchmill::engine
