#pragma once

#include <functional>
#include <map>
#include <string>

#include "model/job_folder.h"
#include "pipeline/check.h"
#include "ports/clock.h"
#include "ports/command_runner.h"
#include "ports/environments.h"
#include "ports/files.h"
#include "ports/job_store.h"
#include "ports/leaders.h"
#include "workspace/job_name.h"

namespace batchmill::workspace {

// What the use cases work with; apps/ hands over the real parts, tests hand over fakes.
struct Parts {
  Files& files;
  Clock& clock;
  Stores& stores;
  Leaders& leaders;
  Environments& environments;
  CommandRunner& commands;
  Random random;
  std::map<std::string, std::string> variables;  // environment of the process
  std::string current_folder;                    // absolute
  std::size_t cores = 0;                         // usable on this machine
  // What the reader of tables says about an MLTable folder; may be empty.
  std::function<pipeline::MltableFinding(const std::string& folder, const SourcePlace& use)>
      check_mltable;

  std::string variable(const std::string& name) const {
    const auto found = variables.find(name);
    return found == variables.end() ? "" : found->second;
  }
};

}  // namespace batchmill::workspace
