#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/plan.h"

// The plan as stored with a job (docs/formats/plan.md). Pure.
namespace batchmill::pipeline {

constexpr int kPlanVersion = 2;

// Compact JSON, keys sorted; equal plans give equal texts.
std::string plan_to_json(const PipelinePlan& plan);
// Errors (kProtocol): not JSON, a key missing or of the wrong kind, another version than ours.
Result<PipelinePlan> plan_from_json(std::string_view text);

}  // namespace batchmill::pipeline
