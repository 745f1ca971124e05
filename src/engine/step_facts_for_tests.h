#pragma once

#include "engine/prepare_step.h"
#include "engine/step_run.h"
#include "fakes/memory_files.h"

namespace batchmill::engine {

// A parallel step that reads the folder /data/images and writes rows and a folder, on no machine.
struct StepForTests {
  StepForTests() {
    step.name = "score";
    step.inputs["images"].source = PathInput{"/data/images"};
    step.inputs["model"].source = PathInput{"/data/model"};
    step.inputs["level"].source = LiteralInput{"3"};
    step.outputs["rows"].type = DataType::kUriFile;
    step.outputs["extra"].type = DataType::kUriFolder;
    spec().input_data = "images";
    spec().entry_script = "score.py";
    spec().append_row_to = "rows";
    prepared.inputs = {{"images", "/data/images"}, {"model", "/data/model"}, {"level", "3"}};
    prepared.outputs = {{"rows", "/out/rows.csv"}, {"extra", "/out/extra"}};
    prepared.working_folder = "/ws/jobs/digits/steps/score/wd";
  }
  ParallelSpec& spec() {
    if (!step.is_parallel()) step.spec = ParallelSpec{};
    return std::get<ParallelSpec>(step.spec);
  }
  StepFacts facts() {
    return {files,
            plan,
            step,
            JobFolder("/ws/jobs/digits"),
            WorkspaceFolder("/ws"),
            "digits_score",
            Environment{},
            "/python",
            "1.2.3",
            {}};
  }

  fakes::MemoryFiles files;
  PipelinePlan plan;
  StepPlan step;
  PreparedStep prepared;
};

}  // namespace batchmill::engine
