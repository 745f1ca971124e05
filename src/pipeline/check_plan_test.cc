#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/catalogue.h"
#include "model/parallel_settings.h"
#include "pipeline/check.h"
#include "pipeline/check_cases_for_tests.h"
#include "pipeline/diagnostic_text.h"
#include "pipeline/plan_json.h"

namespace batchmill::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

CheckResult check(const std::string& text, std::vector<std::string> sets = {},
                  std::string name = "") {
  CheckRequest request = request_for_tests();
  request.sets = std::move(sets);
  request.name = std::move(name);
  return check_pipeline(request, files_with(text));
}

PipelinePlan plan_of(const std::string& text, std::vector<std::string> sets = {}) {
  CheckResult result = check(text, std::move(sets));
  EXPECT_TRUE(result.plan.has_value()) << render_text(result.diagnostics, result.sources, {});
  return result.plan.value_or(PipelinePlan());
}

// A value that is not the default.
struct Fill {
  ParallelSpec& spec;
  int line;

  template <typename T>
  void put(Setting<T>& setting, T value) {
    setting = {std::move(value), SettingOrigin::kComponent, {"c.yml", line, 1, 2}};
  }
  void operator()(Setting<std::int64_t> ParallelSpec::*member) { put(spec.*member, 1000L + line); }
  void operator()(Setting<double> ParallelSpec::*member) { put(spec.*member, line + 0.5); }
  void operator()(Setting<bool> ParallelSpec::*member) {
    put(spec.*member, !(ParallelSpec().*member).value);
  }
  void operator()(Setting<std::string> ParallelSpec::*member) {
    put(spec.*member, "text " + std::to_string(line));
  }
  void operator()(Setting<LoggingLevel> ParallelSpec::*member) {
    put(spec.*member, LoggingLevel::kWarning);
  }
  void operator()(std::optional<Setting<MiniBatchSize>> ParallelSpec::*member) {
    put((spec.*member).emplace(), MiniBatchSize{10240, true, "10kb"});
  }
};

void fill(ParallelSpec& spec, const ParallelSetting& setting, int line) {
  std::visit(Fill{spec, line}, setting.member);
}

const ParallelSpec& parallel(const PipelinePlan& plan) {
  return std::get<ParallelSpec>(plan.steps.at(1).spec);
}

TEST(Plan, TellsOfTheJob) {
  const PipelinePlan plan = plan_of(kPipeline);
  EXPECT_EQ(plan.display_name, "sample");
  EXPECT_EQ(plan.experiment_name, "tests");
  EXPECT_EQ(plan.default_compute, "cpu-cluster");
  EXPECT_FALSE(plan.continue_on_step_failure);
  EXPECT_FALSE(plan.is_single_command);
  EXPECT_EQ(std::get<PathInput>(plan.inputs.at("raw").source).path, "/w/in");
  EXPECT_EQ(std::get<LiteralInput>(plan.inputs.at("flag").source).text, "True");
  EXPECT_EQ(std::get<LiteralInput>(plan.inputs.at("rate").source).text, "0.5");
  EXPECT_EQ(plan.outputs.at("rows").type, DataType::kUriFile);
  ASSERT_EQ(plan.steps.size(), 3u);
}

TEST(Plan, BindsACommandStep) {
  const StepPlan step = plan_of(kPipeline).steps.at(0);
  EXPECT_EQ(step.name, "clean");
  EXPECT_EQ(step.code, "/w/src");
  EXPECT_EQ(step.base_dir, "/w");
  EXPECT_EQ(step.environment.image, "python:3.11");
  EXPECT_EQ(step.environment.conda_file, "/w/conda.yml");
  EXPECT_THAT(step.environment_variables,
              UnorderedElementsAre(Pair("LEVEL", "10"), Pair("MODE", "fast")));
  EXPECT_EQ(std::get<PathInput>(step.inputs.at("src").source).path, "/w/in");
  EXPECT_EQ(std::get<LiteralInput>(step.inputs.at("limit").source).text, "10");
  EXPECT_EQ(step.outputs.at("dst").type, DataType::kUriFolder);
  EXPECT_EQ(std::get<CommandSpec>(step.spec).timeout_seconds.value, 3600);
}

TEST(Plan, BindsAParallelStep) {
  const PipelinePlan plan = plan_of(kPipeline);
  const StepPlan& step = plan.steps.at(1);
  const ParallelSpec& spec = parallel(plan);
  EXPECT_EQ(step.display_name, "scoring");
  EXPECT_EQ(std::get<StepOutputInput>(step.inputs.at("data").source).step, "clean");
  EXPECT_EQ(std::get<LiteralInput>(step.inputs.at("text").source).text, "n-10");
  EXPECT_EQ(step.outputs.at("rows").pipeline_output, "rows");
  EXPECT_EQ(step.outputs.at("rows").type, DataType::kUriFile) << "the pipeline output's";
  EXPECT_EQ(spec.input_data, "data");
  EXPECT_EQ(spec.append_row_to, "rows");
  EXPECT_EQ(spec.entry_script, "score.py");
  EXPECT_EQ(spec.mini_batch_size->value.amount, 5u);
  EXPECT_EQ(spec.logging_level.value, LoggingLevel::kDebug);
  EXPECT_EQ(spec.max_retries.value, 3);
  EXPECT_EQ(spec.timeout_seconds.value, 120);
  EXPECT_EQ(spec.timeout_seconds.origin, SettingOrigin::kNode);
  EXPECT_EQ(spec.timeout_seconds.place.line, 36);
  EXPECT_EQ(spec.task_overhead_timeout_seconds.origin, SettingOrigin::kDefault);
}

TEST(Plan, InheritsTypesAndRestatesModes) {
  const StepInput rows = plan_of(kPipeline).steps.at(2).inputs.at("rows");
  EXPECT_EQ(rows.type, DataType::kUriFile);
  EXPECT_EQ(rows.mode, InputMode::kDownload);
}

TEST(Plan, RecognisesArgumentsThatLiteralsBring) {
  const PipelinePlan plan = plan_of(
      edited({{"  limit: 10\n", "  limit: 10\n  more: --error_threshold 3 --x 'a b'\n"},
              {"      text: n-${{parent.inputs.limit}}\n", "      text: ${{parent.inputs.more}}\n"},
              {"--error_threshold 7", "${{inputs.text}}"}}));
  EXPECT_EQ(parallel(plan).error_threshold.value, 3);
}

TEST(Plan, AnExplicitMinusOneIsExplicit) {
  const PipelinePlan plan =
      plan_of(edited({{" --error_threshold 7", ""},
                      {"    mini_batch_error_threshold: 1\n", "    error_threshold: -1\n"}}));
  EXPECT_TRUE(parallel(plan).error_threshold.is_explicit());
  EXPECT_EQ(parallel(plan).error_threshold.value, -1);
  EXPECT_FALSE(parallel(plan).mini_batch_error_threshold.is_explicit());
}

TEST(Plan, BindsSettingsToLiteralInputs) {
  const PipelinePlan plan =
      plan_of(edited({{"    max_concurrency_per_instance: 2\n",
                       "    max_concurrency_per_instance: ${{parent.inputs.limit}}\n"
                       "    compute: azureml:pool-${{parent.inputs.limit}}\n"}}));
  EXPECT_EQ(parallel(plan).max_concurrency_per_instance.value, 10);
  EXPECT_EQ(plan.steps.at(1).compute, "pool-10");
}

TEST(Plan, PutsProducersFirst) {
  const std::string text =
      "type: pipeline\n"
      "jobs:\n"
      "  last: {command: a, environment: e, inputs: {x: \"${{parent.jobs.first.outputs.y}}\"}}\n"
      "  free: {command: b, environment: e}\n"
      "  first: {command: c, environment: e, outputs: {y: }}\n";
  std::vector<std::string> names;
  for (const StepPlan& step : plan_of(text).steps) names.push_back(step.name);
  EXPECT_THAT(names, ElementsAre("free", "first", "last"));
}

TEST(Plan, KeepsTemplatesInPathsOfOutputs) {
  const PipelinePlan plan = plan_of(edited(
      {{"  rows: {type: uri_file}\n",
        "  rows: {type: uri_file, path: "
        "\"azureml:azureml://datastores/${{default_datastore}}/paths/${{name}}/rows.csv\"}\n"},
       {"  report:\njobs:\n", "  report: {path: ./out/x/../y/}\njobs:\n"}}));
  EXPECT_EQ(plan.outputs.at("rows").path,
            "azureml://datastores/${{default_datastore}}/paths/${{name}}/rows.csv");
  EXPECT_EQ(plan.steps.at(1).outputs.at("rows").path, plan.outputs.at("rows").path);
  EXPECT_EQ(plan.steps.at(2).outputs.at("report").path, "/w/out/y");
}

TEST(Plan, MapsDatastoresOfInputsToFolders) {
  for (const char* uri :
       {"azureml://datastores/workspaceblobstore/paths/day",
        "azureml:azureml://datastores/workspaceblobstore/paths/day/",
        "azureml://subscriptions/s/resourcegroups/r/workspaces/w/datastores/workspaceblobstore/"
        "paths/day"}) {
    const PipelinePlan plan =
        plan_of(edited({{"path: ./in}", std::string("path: \"") + uri + "\"}"}}));
    EXPECT_EQ(std::get<PathInput>(plan.inputs.at("raw").source).path, "/w/.store/day");
  }
}

TEST(Plan, MakesOneStepOfACommandJob) {
  const PipelinePlan plan = plan_of(
      "command: cat ${{inputs.in}} > ${{outputs.out}}/x\n"
      "environment: azureml:e:1\n"
      "compute: azureml:cpu\n"
      "inputs: {in: {path: ./labels.csv, type: uri_file}, n: yes}\n"
      "outputs: {out: {path: ./out}}\n");
  EXPECT_TRUE(plan.is_single_command);
  ASSERT_EQ(plan.steps.size(), 1u);
  EXPECT_EQ(plan.steps[0].compute, "cpu");
  EXPECT_EQ(std::get<PathInput>(plan.steps[0].inputs.at("in").source).path, "/w/labels.csv");
  EXPECT_EQ(std::get<LiteralInput>(plan.inputs.at("n").source).text, "True");
  EXPECT_EQ(plan.outputs.at("out").path, "/w/out");
}

TEST(Plan, SetsVariablesOfASingleProcess) {
  const PipelinePlan plan = plan_of(
      "command: train\nenvironment: e\ndistribution: {type: pytorch}\n"
      "environment_variables: {MASTER_PORT: '1'}\n");
  EXPECT_EQ(plan.steps[0].environment_variables.at("WORLD_SIZE"), "1");
  EXPECT_EQ(plan.steps[0].environment_variables.at("MASTER_PORT"), "1") << "the user's wins";
}

TEST(Set, ReplacesAndAdds) {
  const PipelinePlan plan = plan_of(
      kPipeline, {"inputs.limit=24", "settings.continue_on_step_failure=True",
                  "jobs.score.retry_settings.timeout=7", "inputs.flag=true", "tags.owner=me"});
  EXPECT_EQ(std::get<LiteralInput>(plan.inputs.at("limit").source).text, "24");
  EXPECT_EQ(std::get<LiteralInput>(plan.inputs.at("flag").source).text, "true") << "text stays";
  EXPECT_TRUE(plan.continue_on_step_failure);
  EXPECT_EQ(parallel(plan).timeout_seconds.value, 7);
  EXPECT_EQ(plan.tags.at("owner"), "me");
}

TEST(Set, NamesItselfInProblems) {
  const CheckResult result =
      check(kPipeline, {"jobs.score.retry_settings.timeout=abc", "jobs.score.environment_x=1",
                        "jobs.report.environment.image=y"});
  ASSERT_EQ(result.diagnostics.size(), 3u);
  EXPECT_EQ(result.diagnostics[0].place.file.substr(0, 6), "--set ");
  EXPECT_THAT(summary(result.diagnostics),
              UnorderedElementsAre("BM113 0:25 jobs.report.environment",
                                   "BM407 0:35 jobs.score.retry_settings.timeout",
                                   "BM105 0:12 jobs.score.environment_x"));
  EXPECT_FALSE(result.plan.has_value());
}

TEST(Set, RefusesWhatIsNoPath) {
  for (const char* set : {"nonsense", "a..b=1", "jobs[0=1", "x-list[3]=1"}) {
    const CheckResult result = check(std::string("x-list: [a]\n") + kPipeline, {set});
    ASSERT_EQ(result.diagnostics.size(), 1u) << set;
    EXPECT_EQ(result.diagnostics[0].code, 113) << set;
    EXPECT_NE(result.diagnostics[0].message.find("cannot be set"), std::string::npos) << set;
  }
  EXPECT_TRUE(check(kPipeline, {"display_name=a=b"}).plan.has_value());
}

TEST(Name, WinsOverTheFileAndTheSets) {
  EXPECT_EQ(check("name: a\ncommand: x\nenvironment: e\n", {"name=b"}, "c").plan->name, "c");
  EXPECT_THAT(summary(check(kPipeline, {}, "../up").diagnostics), ElementsAre("BM115 0:1 name"));
}

TEST(Check, StopsAtWhatIsNoYaml) {
  EXPECT_THAT(summary(check("type: [pipeline\njobs: {}\n").diagnostics),
              ElementsAre(testing::StartsWith("BM102 ")));
  EXPECT_THAT(summary(check("command: a\nenvironment: e\n---\nb: 2\n").diagnostics),
              ElementsAre("BM104 3:1 "));
  EXPECT_THAT(summary(check("").diagnostics), ElementsAre("BM107 1:1 jobs", "BM107 1:1 type"));
  EXPECT_THAT(summary(check("- a\n").diagnostics), ElementsAre("BM108 1:1 "));
}

TEST(Check, NamesAFileThatIsNotThere) {
  CheckRequest request = request_for_tests();
  request.file = "pipelin.yml";
  const CheckResult result = check_pipeline(request, files_with(""));
  EXPECT_THAT(summary(result.diagnostics), ElementsAre("BM101 0:0 "));
}

TEST(Check, ReportsTenMistakesAtOnceAndNoFollowers) {
  const std::string text = edited({
      {"display_name: sample\n", "display_nam: sample\n#@1 BM105 display_nam\n"},
      {"  raw: {type: uri_folder, path: ./in}\n",
       "  raw: {type: uri_folder, path: ./ni}\n#                               ^ BM402 "
       "inputs.raw.path\n"},
      {"    code: ./src\n    environment: {image: \"python:3.11\", conda_file: ./conda.yml}\n",
       "    code: ./scr\n#         ^ BM402 jobs.clean.code\n"
       "    environment: {image: \"python:3.11\", conda_file: ./conda.yml}\n"},
      {"    limits: {timeout: 3600}\n",
       "    limits: {timeout: soon}\n#                     ^ BM108 jobs.clean.limits.timeout\n"},
      {"      dst:\n", "      out:\n"},
      {"--out ${{outputs.dst}}\n",
       "--out ${{outputs.dst}}\n#                                                                  "
       "             ^ BM207 jobs.clean.command\n"},
      {"      data: ${{parent.jobs.clean.outputs.dst}}\n",
       "      data: ${{parent.jobs.clean.outputs.dst}}\n#           ^ BM206 "
       "jobs.score.inputs.data\n"},
      {"    mini_batch_size: \"5\"\n",
       "    mini_batch_size: five\n#                    ^ BM503 jobs.score.mini_batch_size\n"},
      {"    logging_level: debug\n",
       "    logging_level: loud\n#                  ^ BM109 jobs.score.logging_level\n"},
      {"      entry_script: score.py\n",
       "      entry_script: scor.py\n#                   ^ BM509 jobs.score.task.entry_script\n"},
  });
  const CheckResult result = check(text);
  EXPECT_EQ(summary(result.diagnostics), expectations(text))
      << render_text(result.diagnostics, result.sources, {});
  EXPECT_FALSE(result.plan.has_value());
}

TEST(Check, AsksTheHooks) {
  CheckRequest request = request_for_tests();
  std::string asked;
  request.check_script = [&](const std::string& script, const StepPlan& step) {
    asked = step.name + " " + script;
    return std::vector<Diagnostic>{
        diagnose(6, SourcePlace{script, 1, 1, 2}).with("script", "s").build()};
  };
  int tables = 0;
  request.check_mltable = [&](const std::string& folder, const SourcePlace&) {
    EXPECT_EQ(folder, "/w/table");
    ++tables;
    return MltableFinding();
  };
  const CheckResult result = check_pipeline(request, files_with(kPipeline));
  EXPECT_EQ(asked, "score /w/src/score.py");
  EXPECT_EQ(tables, 1);
  EXPECT_THAT(summary(result.diagnostics), ElementsAre("BM006 1:1 "));
  EXPECT_TRUE(result.plan.has_value());
}

TEST(Check, WorksWithoutHooks) {
  CheckRequest request;
  request.file = "pipeline.yml";
  const CheckResult result = check_pipeline(request, files_with(kPipeline));
  EXPECT_THAT(result.diagnostics, IsEmpty());
  EXPECT_TRUE(result.plan.has_value());
}

TEST(PlanJson, ReadsBackWhatItWrote) {
  PipelinePlan plan = plan_of(kPipeline);
  plan.steps[0].environment.python = "/usr/bin/python3";
  const std::string text = plan_to_json(plan);
  const auto again = plan_from_json(text);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(plan_to_json(*again), text);
  EXPECT_EQ(again->steps[0].environment.python, "/usr/bin/python3");
  EXPECT_EQ(std::get<StepOutputInput>(again->steps[1].inputs.at("data").source).output, "dst");
  EXPECT_EQ(std::get<ParallelSpec>(again->steps[1].spec).error_threshold.value, 7);
}

TEST(PlanJson, KeepsEveryFieldOfAParallelStep) {
  PipelinePlan plan = plan_of(kPipeline);
  plan.resume_from = "digits_1";
  plan.accept_new_code = true;
  auto& spec = std::get<ParallelSpec>(plan.steps[1].spec);
  spec = {};
  spec.input_data = "a";
  spec.entry_script = "b";
  spec.program_arguments = "c";
  spec.append_row_to = "d";
  spec.output_data = "e";
  int line = 0;
  for (const ParallelSetting& setting : parallel_settings()) fill(spec, setting, ++line);
  const auto again = plan_from_json(plan_to_json(plan));
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->resume_from, "digits_1");
  EXPECT_TRUE(again->accept_new_code);
  const auto& read = std::get<ParallelSpec>(again->steps[1].spec);
  EXPECT_EQ(read.input_data + read.entry_script + read.program_arguments + read.append_row_to +
                read.output_data,
            "abcde");
  for (const ParallelSetting& setting : parallel_settings()) {
    const SettingView before = view_of(spec, setting);
    const SettingView after = view_of(read, setting);
    EXPECT_NE(after.text, view_of(ParallelSpec(), setting).text) << setting.key;
    EXPECT_EQ(after.text, before.text) << setting.key;
    EXPECT_EQ(after.origin, SettingOrigin::kComponent) << setting.key;
    EXPECT_EQ(after.place.line, before.place.line) << setting.key;
  }
}

TEST(PlanJson, RefusesWhatItCannotRead) {
  EXPECT_EQ(plan_from_json("{").error().kind, ErrorKind::kProtocol);
  EXPECT_EQ(plan_from_json("{\"version\": 99}").error().kind, ErrorKind::kProtocol);
  EXPECT_EQ(plan_from_json("{\"version\": 1}").error().kind, ErrorKind::kProtocol) << "older";
  EXPECT_EQ(plan_from_json("{\"version\": 2}").error().kind, ErrorKind::kProtocol);
  EXPECT_EQ(plan_from_json("[]").error().kind, ErrorKind::kProtocol);
}

}  // namespace
}  // namespace batchmill::pipeline
