#pragma once

#include <string>

#include "base/result.h"
#include "engine/earlier_job.h"
#include "engine/parallel_setup.h"
#include "engine/step_run.h"

namespace batchmill::engine {

// Makes the committed mini-batches of the earlier step those of this one, before its first event:
// plan, rows and records; failed mini-batches are left out, so that they get fresh tries. Returns
// what came, for people ("47 of 50 mini-batches are taken over from 'digits_6'"), or "" when the
// earlier step has nothing to give; with a line in setup.warnings when its rows are gone, so
// that all runs again. A step that is completed there and the same is taken over with its outputs
// (setup.whole), its rows are not copied. Blocking. May be repeated after a crash at any point, and
// does nothing once it is done.
//
// Errors: the input, its cuts or the form of the rows differ from what they were, or a file of
// the kept mini-batches changed since, with the difference named.
Result<std::string> take_over(const StepContext& context, const SetupParts& parts,
                              ParallelSetup& setup);

}  // namespace batchmill::engine
