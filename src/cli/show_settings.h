#pragma once

#include "cli/session.h"

namespace batchmill::cli {

// `job show --settings`: name, value, origin and place of every setting of a parallel step, or of
// each one of a pipeline. A table for people; a list with -o or --query. Says which steps have not
// begun, as the values are known only then. An error names a step that has no such settings.
// Returns the exit code.
int show_settings(const workspace::FoundJob& job, Session& session);

}  // namespace batchmill::cli
