#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/status.h"

namespace batchmill {

// What job.db knows of one step job. `error` is JSON (docs/formats/job-error.md) or empty.
struct StepRecord {
  std::string step;      // key under jobs
  std::string job_name;  // "<job>_<step>"
  std::string display_name;
  std::string kind;  // "command" or "parallel"
  JobStatus status = JobStatus::kNotStarted;
  std::string reason;       // one line: why Canceled or Failed
  WallTime started, ended;  // 0: not yet
  std::string error;
  std::map<std::string, std::string> outputs;  // output -> absolute path, known once started
  std::string settings;     // JSON list of {name, value, origin, place}: effective settings
  std::string reused_from;  // step job whose outputs this one took over instead of running; or ""
};

// What job.db knows of the pipeline job.
struct JobRecord {
  std::string name;
  std::string display_name;
  std::string experiment_name;
  JobStatus status = JobStatus::kNotStarted;
  std::string reason;
  WallTime created, started, ended;
  std::string created_by;
  std::string error;
  std::string plan;         // JSON of PipelinePlan (pipeline/plan_json.h)
  std::string source_text;  // the pipeline file as submitted
  std::string source_path;
  std::map<std::string, std::string> tags, properties;
  std::vector<StepRecord> steps;
  std::vector<std::string> notices;  // shown once per job and subject
  std::uint32_t lives = 0;           // leaders started
};

// One line of batchmill.db's index.
struct JobSummary {
  std::string name, display_name, experiment_name, kind;
  JobStatus status = JobStatus::kNotStarted;
  WallTime created;
  std::string compute;
  bool archived = false;
};

}  // namespace batchmill
