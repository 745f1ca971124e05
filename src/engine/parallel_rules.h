#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/plan.h"
#include "parallel/scheduler.h"
#include "runlog/stop_reason.h"

namespace batchmill::engine {

// What the logical nodes of a step share.
struct Machine {
  std::uint32_t cores = 1;          // usable
  std::vector<std::uint32_t> gpus;  // their indices
};

// Whether returned rows are written: append_row_to is there, and output_action does not say
// summary_only.
bool appends_rows(const ParallelSpec& spec);

// Nodes that a step runs on.
std::uint32_t node_count(const StepPlan& step);

// The settings of a parallel step as the scheduler wants them (parallel-job.md 1, 5.3, 5.5). Pure.
// Default of max_concurrency_per_instance: the cores of the machine divided by the nodes, at least
// one; one where there are GPUs (4.6).
parallel::StepRules step_rules(const ParallelSpec& spec, const Machine& machine);

// Effective value and origin of every setting: kept with the job, printed by `job show --settings`
// and in the logs.
std::vector<runlog::SettingUse> effective_settings(const ParallelSpec& spec,
                                                   const parallel::StepRules& rules);
// One of them by name; it must be there.
runlog::SettingUse setting_named(const std::vector<runlog::SettingUse>& settings,
                                 std::string_view name);
// As a JSON list of {name, value, origin, place}.
std::string settings_json(const std::vector<runlog::SettingUse>& settings);

}  // namespace batchmill::engine
