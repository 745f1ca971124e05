#pragma once

#include "cli/session.h"

namespace batchmill::cli {

struct StreamOptions {
  bool from_now = false;  // only what comes from here on, after a resume
};

// Follows a job or step until it has ended, in the frame of cli.md 2.4; one that has ended is
// replayed. Logs go to standard output, with an object wanted (-o, --query) to standard error.
// A dead leader of an unfinished job is started again, with a notice. Returns 1 for Failed and
// Canceled, and after Ctrl-C, which only stops the watching.
int stream_job(const workspace::FoundJob& job, const StreamOptions& options, Session& session);

}  // namespace batchmill::cli
