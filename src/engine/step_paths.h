#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "model/job.h"
#include "model/job_folder.h"
#include "model/plan.h"

// Where the data of a step lies while it runs (pipeline-yaml.md 4; cli.md 8). Pure path arithmetic.
namespace batchmill::engine {

// The folder or file that each output of the step is written to, absolute.
// Errors: a datastore that this workspace does not have.
Result<std::map<std::string, std::string>> output_paths(const StepPlan& step,
                                                        const std::string& step_job,
                                                        const PipelinePlan& plan,
                                                        const WorkspaceFolder& workspace);

// What stands for each input in commands: the literal's text, or an absolute path. Private copies
// of `download` inputs lie in `folder`; `outputs_of` maps each producer to its output paths.
std::map<std::string, std::string> input_texts(
    const StepPlan& step, const StepFolder& folder,
    const std::map<std::string, std::map<std::string, std::string>>& outputs_of);

// Where the data of an input comes from, before any private copy; "" for literals.
std::string source_path(
    const StepInput& input,
    const std::map<std::string, std::map<std::string, std::string>>& outputs_of);

// Where the private copy of a `download` input is put; keeps the name of a file.
std::string copy_path(const std::string& name, const StepInput& input, const std::string& source,
                      const StepFolder& folder);

}  // namespace batchmill::engine
