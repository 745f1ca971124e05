#pragma once

#include <nlohmann/json_fwd.hpp>

#include "model/job.h"
#include "model/plan.h"

namespace batchmill::workspace {

// A step as it stands under `jobs`, in the words of the YAML. `record` may be null.
nlohmann::json step_definition(const StepPlan& step, const StepRecord* record);

nlohmann::json inputs_object(const std::map<std::string, StepInput>& inputs);
nlohmann::json output_object(const StepOutput& output, const std::string& path);

}  // namespace batchmill::workspace
