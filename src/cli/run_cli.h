#pragma once

#include <string>
#include <vector>

#include "ports/dry_runs.h"
#include "ports/terminal.h"
#include "workspace/parts.h"

namespace batchmill::cli {

// What the command line is built from; apps/ hands over the real parts.
struct CliParts {
  workspace::Parts work;
  Terminal& terminal;
  DryRuns& dry_runs;
  std::string version;  // "0.1.0"
  std::string user;     // who submits
};

// Runs one command line (without the program's name) to its end; returns the exit code.
int run_cli(const std::vector<std::string>& arguments, CliParts& parts);

}  // namespace batchmill::cli
