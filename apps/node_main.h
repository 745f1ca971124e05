#pragma once

#include <string>
#include <vector>

namespace batchmill::apps {

// `batchmill node --node N --job DIR --socket PATH`: the agent of a node. Not for users.
int node_main(const std::vector<std::string>& arguments);

}  // namespace batchmill::apps
