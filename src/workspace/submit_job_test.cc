#include "workspace/submit_job.h"

#include "pipeline/diagnostic_text.h"
#include "workspace/workspace_fixture.h"

namespace batchmill::workspace {
namespace {

constexpr const char* kCommandPipeline = R"(type: pipeline
jobs:
  train:
    type: command
    command: python train.py
    code: ./src
    compute: azureml:cpu-cluster
    environment: azureml:sklearn:1
)";

constexpr const char* kParallelPipeline = R"(type: pipeline
inputs:
  folder: {type: uri_folder, path: ./data}
jobs:
  score:
    type: parallel
    mini_batch_size: "5"
    input_data: ${{inputs.items}}
    inputs:
      items: {type: uri_folder, path: "${{parent.inputs.folder}}", mode: ro_mount}
    outputs:
      rows: {type: uri_file}
    task:
      type: run_function
      code: ./src
      entry_script: score.py
      append_row_to: ${{outputs.rows}}
      environment: azureml:sklearn:1
)";

class SubmitTest : public testing::Test, protected WorkspaceFixture {
 protected:
  void SetUp() override {
    files.put("/home/u/project/src/train.py", "print(1)\n");
    files.put("/home/u/project/src/score.py", "def run(mini_batch): return mini_batch\n");
    files.put("/home/u/project/data/a.png", "x");
    pipeline_file(kCommandPipeline);
  }
  void pipeline_file(const std::string& text) { files.put("/home/u/project/p.yml", text); }
  Result<Submission> submit(const std::string& name = "") {
    request.check.file = "/home/u/project/p.yml";
    request.check.name = name;
    request.user = "me";
    return submit_job(request, workspace, parts);
  }
  static std::vector<int> codes(const Submission& submission) {
    std::vector<int> codes;
    for (const Diagnostic& diagnostic : submission.diagnostics) codes.push_back(diagnostic.code);
    return codes;
  }

  SubmitRequest request;
};

TEST_F(SubmitTest, WritesTheJobAndStartsItsLeader) {
  const auto submission = submit("digits_7");
  ASSERT_TRUE(submission.has_value()) << submission.error().message;
  ASSERT_EQ(submission->job, "digits_7")
      << pipeline::render_text(submission->diagnostics, submission->sources, {});
  const JobRecord& record = stored("digits_7");
  EXPECT_EQ(record.created_by, "me");
  EXPECT_EQ(record.experiment_name, "project");
  EXPECT_EQ(record.source_text, kCommandPipeline);
  ASSERT_EQ(record.steps.size(), 1U);
  EXPECT_EQ(record.steps[0].job_name, "digits_7_train");
  const auto plan = pipeline::plan_from_json(record.plan);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->steps[0].environment.python, "/usr/bin/python3");
  EXPECT_TRUE(plan->steps[0].code.starts_with("/w/snapshots/"));
  EXPECT_TRUE(files.exists(plan->steps[0].code + "/train.py"));
  EXPECT_TRUE(files.is_private("/w/jobs/digits_7"));
  EXPECT_THAT(leaders.started, testing::ElementsAre("/w/jobs/digits_7"));
  ASSERT_EQ(stores.index.size(), 1U);
  EXPECT_EQ(stores.index[0].kind, "pipeline");
}

TEST_F(SubmitTest, MakesUpANameAndSaysWhatRunsWhere) {
  const auto submission = submit();
  ASSERT_TRUE(submission.has_value());
  EXPECT_THAT(submission->job, testing::MatchesRegex("[a-z]+_[a-z]+_[0-9a-z]{10}"));
  EXPECT_THAT(codes(*submission), testing::UnorderedElementsAre(1, 2));
  EXPECT_EQ(stored(submission->job).notices.size(), 2U);
}

TEST_F(SubmitTest, WhatIsRegisteredAndMappedIsNotTalkedAbout) {
  files.put("/w/config.yml",
            "environments: {'azureml:sklearn:1': {python: /venv/python}}\n"
            "compute: {cpu-cluster: {}}\n");
  const auto submission = submit("a");
  ASSERT_TRUE(submission.has_value()) << submission.error().message;
  EXPECT_TRUE(codes(*submission).empty());
  EXPECT_EQ(pipeline::plan_from_json(stored("a").plan)->steps[0].environment.python,
            "/venv/python");
}

TEST_F(SubmitTest, AnEnvironmentOfSeveralStepsIsTalkedAboutOnce) {
  pipeline_file(std::string(kCommandPipeline) +
                "  more: {type: command, command: x, environment: azureml:sklearn:1}\n");
  const auto submission = submit("a");
  ASSERT_TRUE(submission.has_value());
  std::vector<std::string> messages;
  for (const Diagnostic& d : submission->diagnostics) {
    if (d.code == 2) messages.push_back(d.message);
  }
  EXPECT_THAT(messages, testing::ElementsAre(testing::HasSubstr("environment of 'train', 'more'")));
}

TEST_F(SubmitTest, StrictRefusesThem) {
  request.check.strict = true;
  const auto submission = submit("a");
  ASSERT_TRUE(submission.has_value());
  EXPECT_EQ(submission->job, "");
  EXPECT_THAT(codes(*submission), testing::UnorderedElementsAre(803, 804));
  EXPECT_TRUE(leaders.started.empty());
  EXPECT_FALSE(files.exists("/w/jobs/a"));
}

TEST_F(SubmitTest, ATakenNameIsAnError) {
  add("digits_7", JobStatus::kCompleted, false);
  for (const char* name : {"digits_7", "digits_7_score"}) {
    const auto submission = submit(name);
    ASSERT_FALSE(submission.has_value()) << name;
    EXPECT_EQ(submission.error().kind, ErrorKind::kExists);
  }
  const auto outside = submit("../x");
  EXPECT_TRUE(!outside || outside->job.empty());
  EXPECT_TRUE(leaders.started.empty());
}

TEST_F(SubmitTest, AStepThatNeedsPandasIsRefusedWithTheCommandThatHelps) {
  files.put("/home/u/project/data/MLTable", "paths: [{pattern: ./*.csv}]\n");
  std::string text = kParallelPipeline;
  while (text.find("uri_folder") != std::string::npos) {
    text.replace(text.find("uri_folder"), 10, "mltable");
  }
  pipeline_file(text.replace(text.find("\"5\""), 3, "10kb"));
  environments.interpreter.has_pandas = false;
  const auto submission = submit("a");
  ASSERT_TRUE(submission.has_value());
  EXPECT_EQ(submission->job, "");
  ASSERT_THAT(codes(*submission), testing::Contains(802));
}

TEST_F(SubmitTest, ScriptsAreReadByOneInterpreterAndProblemsHaveTheirPlace) {
  pipeline_file(kParallelPipeline);
  environments.syntax_problems = {
      {"/home/u/project/src/score.py", 3, 7, "invalid syntax", "def run("}};
  const auto submission = submit("a");
  ASSERT_TRUE(submission.has_value());
  EXPECT_THAT(environments.checked, testing::ElementsAre(1U));
  EXPECT_EQ(submission->job, "");
  ASSERT_THAT(codes(*submission), testing::Contains(510))
      << pipeline::render_text(submission->diagnostics, submission->sources, {});
  const auto problem = std::find_if(submission->diagnostics.begin(), submission->diagnostics.end(),
                                    [](const Diagnostic& d) { return d.code == 510; });
  EXPECT_EQ(problem->message, "score.py:3:7: SyntaxError: invalid syntax");
  EXPECT_EQ(problem->path, "jobs.score.task.entry_script");
  EXPECT_EQ(problem->place.line, 16);
  EXPECT_EQ(problem->place.column, 21);
}

TEST_F(SubmitTest, SkippedChecksStartNoInterpreter) {
  pipeline_file(kParallelPipeline);
  request.check.check_scripts = false;
  ASSERT_TRUE(submit("a").has_value());
  EXPECT_TRUE(environments.checked.empty());
}

TEST_F(SubmitTest, AnInterruptionBeforeTheJobIsMadeLeavesNothing) {
  request.canceled = [] { return true; };
  const auto submission = submit("a");
  ASSERT_FALSE(submission.has_value());
  EXPECT_EQ(submission.error().kind, ErrorKind::kCanceled);
  EXPECT_FALSE(files.exists("/w/jobs/a"));
  EXPECT_TRUE(stores.index.empty());
}

TEST_F(SubmitTest, ABrokenFileMakesNoJob) {
  pipeline_file("type: pipeline\njobs:\n  train:\n    type: comand\n");
  const auto submission = submit("a");
  ASSERT_TRUE(submission.has_value());
  EXPECT_EQ(submission->job, "");
  EXPECT_FALSE(submission->diagnostics.empty());
  EXPECT_FALSE(files.exists("/w/jobs/a"));
}

}  // namespace
}  // namespace batchmill::workspace
