#pragma once

#include <string>
#include <vector>

namespace batchmill::workspace {

// Why something that was asked for is not done, as a user reads it.
struct Refusal {
  std::string message;
  std::vector<std::string> details;
  std::string help;
};

}  // namespace batchmill::workspace
