#pragma once

#include "cli/session.h"

// The commands of `batchmill job`, one function each; they return the exit code.
namespace batchmill::cli {

int job_create(Session& session);
int job_validate(Session& session);
int job_try(Session& session);
int job_show(Session& session);
int job_list(Session& session);
int job_stream(Session& session);
int job_cancel(Session& session);
int job_resume(Session& session);
int job_download(Session& session);
int job_archive(Session& session);
int job_restore(Session& session);

}  // namespace batchmill::cli
