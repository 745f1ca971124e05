#pragma once

#include <optional>
#include <string>

#include "model/plan.h"
#include "workspace/parts.h"
#include "workspace/refusal.h"

namespace batchmill::workspace {

// `job create --resume-from` and the setting `resume_from` of a step (cli.md 8, parallel-job.md
// 5.9): the committed mini-batches of an earlier job are kept. What can be said before anything
// is made: the earlier job has ended, it has a step of the same name and kind for at least one of
// this pipeline (and for every step that names it itself; such a step may name the step's job
// instead), and where a parallel step kept something its code is the same, unless the plan accepts
// new code. Whether input and cuts are the same shows when they are
// planned.
//
// `plan` has the snapshots of its code, which are named by their hash. `command` is what the user
// typed, for the help.
// Errors: kNotFound for an earlier job that does not exist, with near names.
Result<std::optional<Refusal>> check_resume_from(const PipelinePlan& plan,
                                                 const std::string& command,
                                                 const WorkspaceFolder& workspace, Parts& parts);

}  // namespace batchmill::workspace
