#pragma once

#include <string>

namespace batchmill::apps {

// The leader's parent (design.md section 1): starts it, starts it again when it dies, and ends the
// job as Failed after three lives that made nothing durable. Single-threaded; forks before any
// thread exists. Returns the exit code of the process.
int supervise(const std::string& program, const std::string& job_folder);

}  // namespace batchmill::apps
