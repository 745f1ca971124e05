#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "apps/cli_main.h"
#include "apps/installation.h"
#include "apps/leader_main.h"
#include "apps/node_main.h"

// One program: the command line, and the processes that it starts of itself.
int main(int argc, char** argv) {
  try {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    const std::string role = arguments.empty() ? "" : arguments.front();
    if (role == "node") {
      arguments.erase(arguments.begin());
      return batchmill::apps::node_main(arguments);
    }
    const std::string program = batchmill::apps::program_path();
    if (role == "leader") {
      arguments.erase(arguments.begin());
      return batchmill::apps::leader_main(program, arguments);
    }
    return batchmill::apps::cli_main(program, arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ERROR: internal error: %s\n", error.what());
    return 1;
  }
}
