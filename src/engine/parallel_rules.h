#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/plan.h"
#include "parallel/scheduler.h"
#include "runlog/stop_reason.h"

namespace batchmill::engine {

// The settings of a parallel step as the scheduler wants them (parallel-job.md 1, 5.3, 5.5). Pure.
// `cores`: usable cores of a node, the default of max_concurrency_per_instance.
parallel::StepRules step_rules(const ParallelSpec& spec, std::uint32_t cores);

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
