#pragma once

#include <string>
#include <vector>

namespace batchmill::apps {

// Everything that a user types: builds the command line from real parts and runs it.
int cli_main(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace batchmill::apps
