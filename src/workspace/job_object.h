#pragma once

#include <nlohmann/json_fwd.hpp>

#include "model/job.h"
#include "workspace/find_job.h"

// Jobs as objects with the keys of cli.md 2.3; the command line, the server and the SDK show the
// same ones. Values of environment variables are "***". Pure.
namespace batchmill::workspace {

// A pipeline job, a single command job, or (if `job.step` is set) a step job.
nlohmann::json job_object(const FoundJob& job);

// The step jobs of a job in the order of its plan.
nlohmann::json step_objects(const FoundJob& job);

// One line of `job list`: what the index knows.
nlohmann::json summary_object(const JobSummary& job);

// `job show --settings`: [{step, name, value, origin, place}] of the step, or of all parallel
// steps; of those that have begun, as the values are known then.
nlohmann::json settings_object(const FoundJob& job);

}  // namespace batchmill::workspace
