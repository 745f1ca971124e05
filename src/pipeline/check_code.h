#pragma once

#include <optional>
#include <string>

#include "pipeline/fields.h"

// Code folders, entry scripts and environments of steps (pipeline-yaml.md 2.1,
// parallel-job.md 1.2).
namespace batchmill::pipeline {

// `code`: an absolute path that exists; "" when it is not given. Nothing after a report.
std::optional<std::string> check_code(CheckContext& context, const Fields& fields);

// The absolute path of the entry script in `code`. Reports 509 and gives nothing then.
std::optional<std::string> check_entry_script(CheckContext& context, const Fields& task,
                                              const std::string& code);

// `environment`, as far as it is right.
EnvironmentSpec check_environment(CheckContext& context, const Fields& fields);

// "azureml:cpu-cluster" and the long form of resource ids: "cpu-cluster".
std::string bare_name(std::string_view reference);

}  // namespace batchmill::pipeline
