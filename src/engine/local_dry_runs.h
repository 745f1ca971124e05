#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/job_environment.h"
#include "ports/bulk_files.h"
#include "ports/clock.h"
#include "ports/dry_runs.h"
#include "ports/files.h"
#include "ports/foreground.h"
#include "ports/gpus.h"

namespace batchmill::engine {

struct DryRunParts {
  Files& files;
  BulkFiles& bulk;
  const Clock& clock;
  Foreground& foreground;
  std::uint32_t cores;        // usable on this machine
  Gpus& gpus;                 // of this machine
  Environment environment;    // of this process
  std::string python_folder;  // holds the package batchmill.worker
  std::string version;        // of this program
  // A new, empty folder for its owner alone.
  std::function<Result<std::string>()> make_folder;
};

// Dry runs by what a leader does: the same preparation of the step, the same plan and worker.json,
// in a folder that stands for the job's. Planning ends with the mini-batch that is wanted.
class LocalDryRuns final : public DryRuns {
 public:
  explicit LocalDryRuns(DryRunParts parts) : parts_(std::move(parts)) {}
  Result<std::unique_ptr<DryRun>> prepare(const DryRunRequest& request) override;

 private:
  DryRunParts parts_;
};

}  // namespace batchmill::engine
