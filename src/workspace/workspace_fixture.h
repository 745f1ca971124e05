#pragma once

#include "fakes/fake_clock.h"
#include "fakes/fake_environments.h"
#include "fakes/fake_leaders.h"
#include "fakes/memory_files.h"
#include "fakes/memory_stores.h"
#include "pipeline/plan_json.h"
#include "workspace/parts.h"

namespace batchmill::workspace {

// A workspace at /w on a machine of fakes, for tests.
struct WorkspaceFixture {
  fakes::MemoryFiles files;
  fakes::FakeClock clock;
  fakes::MemoryStores stores{files};
  fakes::FakeLeaders leaders;
  fakes::FakeEnvironments environments;
  fakes::NoCommands commands;
  WorkspaceFolder workspace{"/w"};
  std::uint64_t drawn = 0;
  Parts parts{files,
              clock,
              stores,
              leaders,
              environments,
              commands,
              [this] { return drawn++ * 7919 + 11; },
              {{"HOME", "/home/u"}},
              "/home/u/project",
              4,
              {}};

  // A right pipeline of one parallel step `score` over ./data, with its script: p.yml in the
  // current folder.
  void put_scoring_project() {
    files.put("/home/u/project/p.yml", R"(type: pipeline
jobs:
  score:
    type: parallel
    input_data: ${{inputs.items}}
    inputs:
      items: {type: uri_folder, path: ./data}
    task:
      type: run_function
      code: ./src
      entry_script: score.py
      environment: azureml:sklearn:1
)");
    files.put("/home/u/project/src/score.py", "def run(b): return b\n");
    files.put("/home/u/project/data/a.png", "x");
  }

  // A job with a command step `train` and a parallel step `score`, of the given status.
  JobRecord job(const std::string& name, JobStatus status) {
    PipelinePlan plan;
    plan.name = name;
    StepPlan train;
    train.name = "train";
    train.spec = CommandSpec{"python train.py", {}};
    train.outputs["model"] = StepOutput{};
    StepPlan score;
    score.name = "score";
    score.spec = ParallelSpec{};
    StepOutput scores;
    scores.type = DataType::kUriFile;
    scores.pipeline_output = "scores";
    score.outputs["rows"] = scores;
    plan.steps = {train, score};
    plan.outputs["scores"] = scores;

    JobRecord record;
    record.name = name;
    record.display_name = name;
    record.experiment_name = "project";
    record.status = status;
    record.created = clock.wall_now();
    record.plan = pipeline::plan_to_json(plan);
    record.steps.resize(2);
    record.steps[0].step = "train";
    record.steps[0].job_name = name + "_train";
    record.steps[0].kind = "command";
    record.steps[0].status = JobStatus::kCompleted;
    record.steps[1].step = "score";
    record.steps[1].job_name = name + "_score";
    record.steps[1].kind = "parallel";
    record.steps[1].status = status;
    return record;
  }
  void add(const std::string& name, JobStatus status, bool leader_alive) {
    put(job(name, status), leader_alive);
  }
  void put(const JobRecord& record, bool leader_alive) {
    const JobFolder folder(workspace.job(record.name));
    stores.put(folder.db(), record);
    JobSummary summary;
    summary.name = record.name;
    summary.kind = "pipeline";
    summary.status = record.status;
    summary.created = record.created;
    stores.index.push_back(summary);
    if (leader_alive) leaders.living.insert(folder.lock());
  }
  JobRecord& stored(const std::string& name) {
    return stores.jobs[JobFolder(workspace.job(name)).db()];
  }
};

}  // namespace batchmill::workspace
