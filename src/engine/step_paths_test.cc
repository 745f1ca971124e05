#include "engine/step_paths.h"

#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

std::string path_of(const StepOutput& output, const PipelinePlan& plan = {}) {
  StepPlan step;
  step.name = "score";
  step.outputs["predictions"] = output;
  auto paths = output_paths(step, "digits_7_score", plan, WorkspaceFolder("/ws"));
  return paths ? paths->at("predictions") : "error: " + paths.error().message;
}

TEST(StepPaths, ADefaultOutputLiesOnTheDefaultDatastore) {
  EXPECT_EQ(path_of({}), "/ws/datastores/workspaceblobstore/azureml/digits_7_score/predictions");
  StepOutput file;
  file.type = DataType::kUriFile;
  EXPECT_EQ(path_of(file),
            "/ws/datastores/workspaceblobstore/azureml/digits_7_score/predictions/predictions");
  PipelinePlan plan;
  plan.default_datastore = "workspacefilestore";
  EXPECT_EQ(path_of({}, plan),
            "/ws/datastores/workspacefilestore/azureml/digits_7_score/predictions");
}

TEST(StepPaths, OutputPathsMayHoldExpressions) {
  StepOutput output;
  output.path =
      "azureml://datastores/${{default_datastore}}/paths/runs/${{ name }}/${{output_name}}/";
  EXPECT_EQ(path_of(output), "/ws/datastores/workspaceblobstore/runs/digits_7_score/predictions");
  output.pipeline_output = "result";
  EXPECT_EQ(path_of(output), "/ws/datastores/workspaceblobstore/runs/digits_7_score/result");
  output.path = "/data/out/${{name}}.csv";
  EXPECT_EQ(path_of(output), "/data/out/digits_7_score.csv");
}

TEST(StepPaths, InputsAreTextsPathsOrPrivateCopies) {
  StepPlan step;
  step.inputs["limit"].source = LiteralInput{"10"};
  step.inputs["raw"].source = PathInput{"/data/raw/"};
  step.inputs["model"].source = StepOutputInput{"train", "model"};
  step.inputs["model"].mode = InputMode::kDownload;
  step.inputs["one"].source = PathInput{"/data/one.csv"};
  step.inputs["one"].type = DataType::kUriFile;
  step.inputs["one"].mode = InputMode::kDownload;
  const auto texts =
      input_texts(step, StepFolder("/job/steps/score"), {{"train", {{"model", "/out/model"}}}});
  EXPECT_EQ(texts.at("limit"), "10");
  EXPECT_EQ(texts.at("raw"), "/data/raw");
  EXPECT_EQ(texts.at("model"), "/job/steps/score/inputs/INPUT_model");
  EXPECT_EQ(texts.at("one"), "/job/steps/score/inputs/INPUT_one/one.csv");
}

}  // namespace
}  // namespace batchmill::engine
