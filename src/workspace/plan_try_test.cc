#include "workspace/plan_try.h"

#include "pipeline/diagnostic_text.h"
#include "workspace/workspace_fixture.h"

namespace batchmill::workspace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kPipeline = R"(type: pipeline
jobs:
  prep:
    type: command
    command: touch ${{outputs.out}}/a
    environment: azureml:sklearn:1
    outputs:
      out: {type: uri_folder}
  score:
    type: parallel
    input_data: ${{inputs.items}}
    inputs:
      items: {type: uri_folder, path: "${{parent.jobs.prep.outputs.out}}"}
      level: 3
    task:
      type: run_function
      code: ./src
      entry_script: score.py
      program_arguments: --level ${{inputs.level}}
      environment: azureml:sklearn:1
)";

class PlanTryTest : public testing::Test, protected WorkspaceFixture {
 protected:
  void SetUp() override {
    files.put("/home/u/project/src/score.py", "def run(b): return b\n");
    files.put("/home/u/project/day 2/a.png", "x");
    files.put("/home/u/project/p.yml", kPipeline);
    request.check.file = "/home/u/project/p.yml";
  }
  TryPlan plan() {
    auto result = plan_try(request, workspace, parts);
    EXPECT_TRUE(result) << result.error().message;
    return result.value_or(TryPlan{});
  }
  TryRequest request;
};

TEST_F(PlanTryTest, TheOnlyParallelStepNeedsNoName) {
  request.inputs = {"items=day 2"};
  const TryPlan made = plan();
  ASSERT_TRUE(made.plan) << (made.refusal ? made.refusal->message : "");
  EXPECT_EQ(made.step, "score");
  const StepPlan& step = made.plan->steps[1];
  EXPECT_EQ(std::get<PathInput>(step.inputs.at("items").source).path, "/home/u/project/day 2");
  EXPECT_EQ(std::get<LiteralInput>(step.inputs.at("level").source).text, "3");
  EXPECT_THAT(step.code, HasSubstr("/w/snapshots/"));
}

TEST_F(PlanTryTest, NothingEntersTheJobs) {
  request.inputs = {"items=day 2"};
  plan();
  EXPECT_TRUE(stores.jobs.empty());
  EXPECT_TRUE(stores.index.empty());
  EXPECT_FALSE(files.exists("/w/jobs"));
}

TEST_F(PlanTryTest, WhatAnotherStepWritesMustBeGiven) {
  request.step = "score";
  request.inputs = {"level=4"};
  const TryPlan made = plan();
  EXPECT_FALSE(made.plan);
  ASSERT_TRUE(made.refusal);
  EXPECT_EQ(made.refusal->message,
            "step 'score' needs what another step writes, and a dry run runs no other step");
  EXPECT_THAT(made.refusal->details, ElementsAre("input 'items' is output 'out' of step 'prep'"));
  EXPECT_EQ(made.refusal->help,
            "give data that is there: batchmill job try -f /home/u/project/p.yml --step score "
            "--input level=4 --input items=PATH");
}

TEST_F(PlanTryTest, LiteralsMayBeGivenToo) {
  request.inputs = {"items=/home/u/project/day 2", "level=4"};
  const TryPlan made = plan();
  ASSERT_TRUE(made.plan);
  EXPECT_EQ(std::get<LiteralInput>(made.plan->steps[1].inputs.at("level").source).text, "4");
}

TEST_F(PlanTryTest, MistakesAreNamedWithWhatIsNear) {
  const struct {
    std::string step;
    std::vector<std::string> inputs;
    std::string message, detail, help;
  } cases[] = {
      {"scroe", {}, "there is no step 'scroe'", "parallel steps: score", "write 'score'"},
      {"prep", {}, "'prep' is a command step", "parallel steps: score", ""},
      {"", {"itms=x"}, "no input 'itms'", "inputs: items, level", "write 'items'"},
      {"", {"items"}, "--input items: expected NAME=PATH", "", ""},
      {"", {"items=nope"}, "--input items: /home/u/project/nope", "", ""},
      {"",
       {"items=p.yml"},
       "/home/u/project/p.yml is a file, but the input is a uri_folder",
       "",
       ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.message);
    request.step = c.step;
    request.inputs = c.inputs;
    const TryPlan made = plan();
    EXPECT_FALSE(made.plan);
    ASSERT_TRUE(made.refusal);
    EXPECT_THAT(made.refusal->message, HasSubstr(c.message));
    EXPECT_EQ(made.refusal->details.empty() ? "" : made.refusal->details.front(), c.detail);
    EXPECT_EQ(made.refusal->help, c.help);
  }
}

TEST_F(PlanTryTest, ProblemsOfTheFileComeFirst) {
  files.put("/home/u/project/p.yml", "type: pipeline\njobs: {a: {type: comand}}\n");
  const TryPlan made = plan();
  EXPECT_FALSE(made.plan);
  EXPECT_FALSE(made.refusal);
  EXPECT_TRUE(pipeline::has_errors(made.diagnostics));
}

}  // namespace
}  // namespace batchmill::workspace
