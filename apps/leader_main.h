#pragma once

#include <string>
#include <vector>

namespace batchmill::apps {

// `batchmill leader --supervise JOB_FOLDER`, and what that starts:
// `batchmill leader --job JOB_FOLDER --progress-fd N`. Not for users.
int leader_main(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace batchmill::apps
