#pragma once

#include <memory>
#include <optional>
#include <string>

#include "pipeline/check_context.h"

namespace batchmill::pipeline {

// The component that the value of a step's `component` names: a file beside the one that names it,
// or the mapping itself. Reads each file once. `wanted` is what the step's own `type` says. Reports
// what keeps it from being a component of that kind (101 to 104, 108, 111, 112, 202, 402, 704) and
// what is wrong with its declarations; nothing then.
std::shared_ptr<const Component> load_component(CheckContext& context, const yaml::Value& value,
                                                const std::string& step,
                                                const std::string& step_path,
                                                std::optional<StepKind> wanted,
                                                const yaml::Value& type);

// Adds to the diagnostics from number `first` on that lie in other files than the step a note of
// the step, which is why they were read.
void note_step(CheckContext& context, std::size_t first, const StepOutline& step);

}  // namespace batchmill::pipeline
