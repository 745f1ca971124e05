#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/command_line.h"
#include "cli/console.h"
#include "cli/formats.h"
#include "cli/run_cli.h"
#include "workspace/find_job.h"

namespace batchmill::cli {

// One command while it runs: what was asked, where its workspace is, and how it answers.
class Session {
 public:
  Session(CliParts& parts, const Invocation& call, WorkspaceFolder workspace, Console& console)
      : parts_(parts), call_(call), workspace_(std::move(workspace)), console_(console) {}

  CliParts& parts() const { return parts_; }
  workspace::Parts& work() const { return parts_.work; }
  const Invocation& call() const { return call_; }
  const WorkspaceFolder& workspace() const { return workspace_; }
  Console& console() const { return console_; }

  // -o or --query was given: the result is for a program, and logs go to standard error.
  bool wants_object() const { return call_.has("output") || call_.has("query"); }
  // Prints a result as -o and --query say; `table` replaces it for tables without a query.
  // Returns the exit code.
  int print(const nlohmann::ordered_json& result, const nlohmann::ordered_json* table = nullptr);

  // The job or step job that --name names.
  Result<workspace::FoundJob> job() const;

 private:
  CliParts& parts_;
  const Invocation& call_;
  WorkspaceFolder workspace_;
  Console& console_;
};

}  // namespace batchmill::cli
