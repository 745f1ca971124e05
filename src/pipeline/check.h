#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/diagnostic.h"
#include "model/plan.h"
#include "ports/files.h"

// From the text of a pipeline file to a bound plan and everything that is wrong with the file, all
// at once (pipeline-yaml.md 1 to 4, parallel-job.md 1, 2 and 4.1, messages.md 2). Reads files
// through `Files`, changes nothing.
namespace batchmill::pipeline {

// What the reader of tables says about the folder of an mltable input.
struct MltableFinding {
  std::vector<Diagnostic> diagnostics;
  std::optional<bool> is_table;  // false: it only lists files; absent: not known
};

struct CheckRequest {
  std::string file;               // as typed; relative to the process's folder
  std::vector<std::string> sets;  // the arguments of --set, in order
  std::string name;               // --name; wins over the file's
  std::size_t cores = 0;          // of this machine, for notices; 0: not known

  // Hooks. Without one, what it would check is taken to be right.
  //
  // The folder of a datastore of the workspace, or nothing if there is no such datastore.
  std::function<std::optional<std::string>(const std::string& datastore)> datastore_folder;
  std::vector<std::string> datastores;  // names to suggest
  // `folder` holds a file named MLTable; `use` is the input that points at it.
  std::function<MltableFinding(const std::string& folder, const SourcePlace& use)> check_mltable;
  // An entry script that exists, absolute; for its syntax.
  std::function<std::vector<Diagnostic>(const std::string& script, const StepPlan& step)>
      check_script;
};

struct CheckResult {
  // Present exactly if no diagnostic is an error.
  std::optional<PipelinePlan> plan;
  // Errors, warnings and notices (codes below 100 are the notices of messages.md 5 that are known
  // without running anything: 003, 004, 005 and 007), arranged for showing.
  std::vector<Diagnostic> diagnostics;
  std::map<std::string, std::string> sources;  // texts of the files read, by path as typed
  std::vector<std::string> files;              // the same paths in the order of first reference
};

CheckResult check_pipeline(const CheckRequest& request, const Files& files);

}  // namespace batchmill::pipeline
