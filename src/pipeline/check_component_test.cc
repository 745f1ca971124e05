#include <fmt/format.h>
#include <gmock/gmock.h>

#include "model/catalogue.h"
#include "model/parallel_settings.h"
#include "pipeline/check.h"
#include "pipeline/check_cases_for_tests.h"
#include "pipeline/diagnostic_text.h"

// Steps that use a component (pipeline-yaml.md 1.3, 2.3, 2.4, 3.3; parallel-job.md 1.3, 1.4).
namespace batchmill::pipeline {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

const char kStep[] = R"(type: pipeline
inputs:
  raw: {type: uri_folder, path: ./in}
  limit: 10
  nothing:
outputs:
  rows: {type: uri_file}
jobs:
  score:
    type: parallel
    component: ./components/score.yml
    inputs:
      data: ${{parent.inputs.raw}}
    outputs:
      rows: ${{parent.outputs.rows}}
)";

const char kComponent[] = R"(type: parallel
name: score
version: 3
display_name: Score
inputs:
  data: {type: uri_folder, mode: download}
  limit: {type: integer, default: 5, min: 1, max: 100}
  speed: {type: string, default: fast, enum: [fast, exact]}
  model: {type: uri_folder, optional: true}
  seed: {type: integer, optional: true}
outputs:
  rows: {type: uri_file}
  extra: {type: uri_folder, mode: upload}
input_data: ${{inputs.data}}
mini_batch_size: "7"
error_threshold: 3
mini_batch_error_threshold: 4
logging_level: DEBUG
retry_settings: {max_retries: 5, timeout: 90}
resources: {instance_count: 2}
environment_variables: {A: component, B: component}
task:
  type: run_function
  code: ./src
  entry_script: score.py
  environment: {image: "python:3.11", conda_file: ./conda.yml}
  append_row_to: ${{outputs.rows}}
  program_arguments: >-
    --limit ${{inputs.limit}} $[[--model ${{inputs.model}}]]
    $[[--seed ${{inputs.seed}} --task_overhead_timeout 9]]
)";

using Edits = std::vector<std::pair<std::string, std::string>>;

std::string edited(std::string text, const Edits& edits) {
  for (const auto& [from, to] : edits) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
  }
  return text;
}

CheckResult check(const Edits& of_step = {}, const Edits& of_component = {}) {
  fakes::MemoryFiles files = files_with(edited(kStep, of_step));
  files.put("/w/components/score.yml", edited(kComponent, of_component));
  files.put("/w/components/src/score.py", "");
  files.put("/w/components/conda.yml", "name: x");
  return check_pipeline(request_for_tests(), files);
}

// "BM105 components/score.yml:3:1 jobs.x" for all but the notice of several nodes.
std::vector<std::string> problems(const CheckResult& result) {
  std::vector<std::string> lines;
  for (const Diagnostic& d : result.diagnostics) {
    if (d.code == 7) continue;
    lines.push_back(fmt::format("{} {}:{}:{} {}", code_name(d.code), d.place.file, d.place.line,
                                d.place.column, d.path));
  }
  return lines;
}

StepPlan step_of(const CheckResult& result) {
  EXPECT_TRUE(result.plan.has_value()) << render_text(result.diagnostics, result.sources, {});
  return result.plan ? result.plan->steps.at(0) : StepPlan();
}

const ParallelSpec& spec_of(const StepPlan& step) { return std::get<ParallelSpec>(step.spec); }

std::string literal(const StepPlan& step, const std::string& input) {
  return std::get<LiteralInput>(step.inputs.at(input).source).text;
}

TEST(Component, GivesWhatTheStepDoesNotSay) {
  const CheckResult result = check();
  const StepPlan step = step_of(result);
  const ParallelSpec& spec = spec_of(step);
  EXPECT_THAT(problems(result), IsEmpty());
  EXPECT_EQ(spec.input_data, "data");
  EXPECT_EQ(spec.mini_batch_size->value.amount, 7u);
  EXPECT_EQ(spec.error_threshold.value, 3);
  EXPECT_EQ(spec.error_threshold.origin, SettingOrigin::kComponent);
  EXPECT_EQ(spec.error_threshold.place.file, "components/score.yml");
  EXPECT_EQ(spec.error_threshold.place.line, 16);
  EXPECT_EQ(spec.logging_level.value, LoggingLevel::kDebug);
  EXPECT_EQ(spec.timeout_seconds.value, 90);
  EXPECT_EQ(spec.instance_count.value, 2);
  EXPECT_EQ(spec.append_row_to, "rows");
  EXPECT_EQ(step.display_name, "") << "a component's is not the step's";
  EXPECT_EQ(step.inputs.at("data").mode, InputMode::kDownload);
  EXPECT_EQ(result.files, (std::vector<std::string>{"pipeline.yml", "components/score.yml"}));
  EXPECT_TRUE(result.sources.contains("components/score.yml"));
}

TEST(Component, PathsStartAtItsFile) {
  const StepPlan step = step_of(check());
  EXPECT_EQ(step.code, "/w/components/src");
  EXPECT_EQ(step.environment.conda_file, "/w/components/conda.yml");
  EXPECT_EQ(step.base_dir, "/w/components");
}

TEST(Spec1_3, TheStepsValueWinsAlsoWhenItIsZeroOrMinusOne) {
  const StepPlan step = step_of(check({{"    type: parallel\n",
                                        "    type: parallel\n"
                                        "    error_threshold: -1\n"
                                        "    mini_batch_error_threshold: 0\n"
                                        "    retry_settings: {max_retries: 0}\n"
                                        "    resources: {instance_count: -1}\n"}}));
  const ParallelSpec& spec = spec_of(step);
  EXPECT_EQ(spec.error_threshold.value, -1);
  EXPECT_EQ(spec.error_threshold.origin, SettingOrigin::kNode);
  EXPECT_EQ(spec.mini_batch_error_threshold.value, 0);
  EXPECT_EQ(spec.max_retries.value, 0);
  EXPECT_EQ(spec.timeout_seconds.value, 90) << "the other key of retry_settings is inherited";
  EXPECT_EQ(spec.timeout_seconds.origin, SettingOrigin::kComponent);
  EXPECT_EQ(spec.instance_count.value, 2) << "-1 nodes are not given";
}

TEST(Spec1_3, TheStepsValueWinsUnderItsOlderNameToo) {
  const CheckResult result =
      check({{"    type: parallel\n", "    type: parallel\n    allowed_failed_count: 2\n"}});
  const StepPlan step = step_of(result);
  const auto& threshold = spec_of(step).mini_batch_error_threshold;
  EXPECT_EQ(threshold.value, 2);
  EXPECT_EQ(threshold.origin, SettingOrigin::kNode);
  EXPECT_THAT(result.diagnostics, Not(Contains(Field(&Diagnostic::code, 512))));
}

TEST(Spec1_3, EnvironmentVariablesAreInheritedOneByOne) {
  const StepPlan step =
      step_of(check({{"    type: parallel\n",
                      "    type: parallel\n    environment_variables: {A: node, C: n}\n"}}));
  EXPECT_THAT(step.environment_variables,
              UnorderedElementsAre(Pair("A", "node"), Pair("B", "component"), Pair("C", "n")));
}

TEST(Spec1_3, TaskIsReplacedAsAWhole) {
  const StepPlan step = step_of(check({{"    inputs:\n",
                                        "    task:\n"
                                        "      type: run_function\n"
                                        "      code: ./src\n"
                                        "      entry_script: score.py\n"
                                        "      environment: azureml:e:1\n"
                                        "    inputs:\n"}}));
  EXPECT_EQ(step.code, "/w/src") << "relative to the pipeline's file";
  EXPECT_EQ(step.environment.image, "");
  EXPECT_EQ(spec_of(step).append_row_to, "");
  EXPECT_EQ(spec_of(step).program_arguments, "");
}

TEST(Component, ItsArgumentWinsOverTheStepsKey) {
  const CheckResult result =
      check({{"    type: parallel\n", "    type: parallel\n    error_threshold: 8\n"}},
            {{"    --limit", "    --error_threshold 2 --limit"}});
  const StepPlan step = step_of(result);
  EXPECT_EQ(spec_of(step).error_threshold.value, 2);
  EXPECT_EQ(spec_of(step).error_threshold.origin, SettingOrigin::kArgument);
  EXPECT_THAT(problems(result),
              ElementsAre("BM512 components/score.yml:29:5 task.program_arguments"));
}

TEST(Component, StandsInTheStepToo) {
  const std::string text = edited(kComponent, {{"code: ./src", "code: ./src"}});
  std::string indented = "    component:\n";
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin) + 1;
    indented += "      " + text.substr(begin, end - begin);
    begin = end;
  }
  const CheckResult result = check({{"    component: ./components/score.yml\n", indented}});
  const StepPlan step = step_of(result);
  EXPECT_EQ(step.code, "/w/src");
  EXPECT_EQ(spec_of(step).error_threshold.origin, SettingOrigin::kComponent);
  EXPECT_THAT(problems(result), IsEmpty());
  EXPECT_THAT(problems(check({{"    component: ./components/score.yml\n", indented},
                              {"error_threshold: 3", "eror_threshold: 3"}})),
              ElementsAre("BM105 pipeline.yml:27:7 jobs.score.component.eror_threshold"));
}

TEST(Component, IsNamedWithAPrefixOrAsAnAbsolutePath) {
  for (const char* name : {"file:./components/score.yml", "file:components/score.yml",
                           "/w/components/score.yml", "components/../components/score.yml"}) {
    const CheckResult result = check({{"./components/score.yml", name}});
    EXPECT_TRUE(result.plan.has_value()) << name;
    EXPECT_EQ(result.files.at(1), "components/score.yml") << name;
  }
}

TEST(Component, ThatIsNotThereIsNamed) {
  EXPECT_THAT(problems(check({{"/score.yml", "/scor.yml"}})),
              ElementsAre("BM402 pipeline.yml:11:16 jobs.score.component"));
  EXPECT_THAT(problems(check({{"./components/score.yml", "./components"}})),
              ElementsAre("BM403 pipeline.yml:11:16 jobs.score.component"));
  EXPECT_THAT(problems(check({{"./components/score.yml", "${{parent.inputs.raw}}"}})),
              ElementsAre("BM202 pipeline.yml:11:16 jobs.score.component"));
}

TEST(Component, OfAnotherKindIsRefused) {
  EXPECT_THAT(problems(check({{"    type: parallel\n", "    type: command\n"}})),
              ElementsAre("BM704 pipeline.yml:10:11 jobs.score.type"));
  EXPECT_TRUE(check({{"    type: parallel\n", ""}}).plan.has_value()) << "it says which it is";
  EXPECT_THAT(problems(check({}, {{"type: parallel", "type: pipeline"}})),
              ElementsAre("BM112 components/score.yml:1:7 type"));
  EXPECT_THAT(problems(check({}, {{"type: parallel", "type: paralel"}})),
              ElementsAre("BM109 components/score.yml:1:7 type"));
}

TEST(Component, ProblemsInItsFileNameTheStep) {
  const CheckResult result = check({}, {{"mini_batch_size", "mini_batch_sise"}});
  ASSERT_THAT(problems(result), ElementsAre("BM105 components/score.yml:15:1 mini_batch_sise"));
  ASSERT_EQ(result.diagnostics.at(0).notes.size(), 1u);
  EXPECT_EQ(result.diagnostics.at(0).notes[0].text, "step 'score' uses this component");
  EXPECT_EQ(result.diagnostics.at(0).notes[0].place.line, 9);
  EXPECT_THAT(problems(check({}, {{"  type: run_function", "  type: \"run_function"}})),
              ElementsAre(HasSubstr("BM102 components/score.yml:")));
  EXPECT_THAT(problems(check({}, {{"name: score", "compute: x"}})),
              ElementsAre("BM105 components/score.yml:2:1 compute"))
      << "where it runs is the step's to say";
}

TEST(Component, MissingKeysAreThoseThatNeitherHas) {
  EXPECT_THAT(problems(check({}, {{"input_data: ${{inputs.data}}\n", ""}})),
              ElementsAre("BM107 pipeline.yml:9:3 jobs.score.input_data"));
  EXPECT_TRUE(
      check({{"    type: parallel\n", "    type: parallel\n    input_data: ${{inputs.data}}\n"}},
            {{"input_data: ${{inputs.data}}\n", ""}})
          .plan.has_value());
  EXPECT_THAT(problems(check({}, {{"  entry_script: score.py\n", ""}})),
              ElementsAre("BM107 components/score.yml:22:1 task.entry_script"));
}

TEST(ComponentInput, HasItsDefaultOrTheStepsValue) {
  EXPECT_EQ(literal(step_of(check()), "limit"), "5");
  EXPECT_EQ(
      literal(step_of(check({{"    inputs:\n", "    inputs:\n      limit: 10.0\n"}})), "limit"),
      "10")
      << "int(float(text))";
  EXPECT_EQ(literal(step_of(check({{"    inputs:\n",
                                    "    inputs:\n      limit: ${{parent.inputs.limit}}\n"}})),
                    "limit"),
            "10");
  EXPECT_EQ(literal(step_of(check({{"    inputs:\n", "    inputs:\n      limit:\n"}})), "limit"),
            "5");
  EXPECT_EQ(literal(step_of(check({{"    inputs:\n",
                                    "    inputs:\n      limit: ${{parent.inputs.nothing}}\n"}})),
                    "limit"),
            "5")
      << "a pipeline input becomes optional with what is bound to it";
}

struct InputCase {
  std::string entry;
  std::string expected;
};

TEST(ComponentInput, IsCheckedByItsDeclaration) {
  const std::vector<InputCase> cases = {
      {"limit: ten", "BM407 pipeline.yml:13:14 jobs.score.inputs.limit"},
      {"limit: 0", "BM408 pipeline.yml:13:14 jobs.score.inputs.limit"},
      {"limit: 101", "BM408 pipeline.yml:13:14 jobs.score.inputs.limit"},
      {"limit: {type: uri_folder, path: ./in}",
       "BM407 pipeline.yml:13:39 jobs.score.inputs.limit.path"},
      {"speed: slow", "BM109 pipeline.yml:13:14 jobs.score.inputs.speed"},
      {"model: 5", "BM407 pipeline.yml:13:14 jobs.score.inputs.model"},
      {"model: {type: uri_folder, path: ./ni}",
       "BM402 pipeline.yml:13:39 jobs.score.inputs.model.path"},
      {"model: {path: ./labels.csv}", "BM403 pipeline.yml:13:21 jobs.score.inputs.model.path"},
      {"modle: 5", "BM105 pipeline.yml:13:7 jobs.score.inputs.modle"},
  };
  for (const InputCase& c : cases) {
    EXPECT_THAT(problems(check({{"    inputs:\n", "    inputs:\n      " + c.entry + "\n"}})),
                ElementsAre(c.expected))
        << c.entry;
  }
}

TEST(Spec1_4, ARequiredInputWithoutValueIsNamed) {
  EXPECT_THAT(problems(check({{"    inputs:\n      data: ${{parent.inputs.raw}}\n", ""}})),
              ElementsAre("BM401 pipeline.yml:9:3 jobs.score.inputs.data"));
  EXPECT_THAT(problems(check({{"      data: ${{parent.inputs.raw}}\n", "      data:\n"}})),
              ElementsAre("BM401 pipeline.yml:13:7 jobs.score.inputs.data"));
  EXPECT_THAT(problems(check({{"${{parent.inputs.raw}}", "${{parent.inputs.nothing}}"}})),
              ElementsAre("BM401 pipeline.yml:5:3 inputs.nothing"));
}

TEST(Spec1_4, AnOptionalInputStandsInBrackets) {
  EXPECT_THAT(
      problems(check({}, {{"$[[--model ${{inputs.model}}]]", "--model ${{inputs.model}}"}})),
      ElementsAre("BM209 components/score.yml:29:39 task.program_arguments"));
  EXPECT_THAT(problems(check({}, {{"--limit ${{inputs.limit}}", "$[[--data ${{inputs.data}}]]"}})),
              ElementsAre("BM208 components/score.yml:29:15 task.program_arguments"));
  EXPECT_THAT(problems(check({}, {{"  seed: {type: integer, optional: true}",
                                   "  seed: {type: integer, optional: true, default: 1}"},
                                  {"$[[--seed ${{inputs.seed}} --task_overhead_timeout 9]]",
                                   "--seed ${{inputs.seed}}"}})),
              IsEmpty())
      << "with a default it always has a value";
}

TEST(Spec1_4, AnUnknownInputIsNamed) {
  EXPECT_THAT(problems(check({}, {{"--limit ${{inputs.limit}}", "--limit ${{inputs.limt}}"}})),
              ElementsAre("BM207 components/score.yml:29:13 task.program_arguments"));
}

TEST(Spec2_4, ASegmentWithoutValueHoldsNoArguments) {
  EXPECT_EQ(spec_of(step_of(check())).task_overhead_timeout_seconds.value, 600);
  const StepPlan with = step_of(check({{"    inputs:\n", "    inputs:\n      seed: 1\n"}}));
  EXPECT_EQ(spec_of(with).task_overhead_timeout_seconds.value, 9);
  EXPECT_FALSE(step_of(check()).inputs.contains("seed"));
}

TEST(ComponentInput, MayBeDeclaredWrongly) {
  const std::vector<std::pair<Edits, std::string>> cases = {
      {{{"default: 5", "default: five"}}, "BM407 components/score.yml:7:35 inputs.limit.default"},
      {{{"default: 5", "default: 500"}}, "BM408 components/score.yml:7:35 inputs.limit.default"},
      {{{"default: fast", "default: slow"}},
       "BM109 components/score.yml:8:34 inputs.speed.default"},
      {{{"mode: download", "default: ./in"}},
       "BM105 components/score.yml:6:28 inputs.data.default"},
      {{{"type: integer, default", "type: int, default"}},
       "BM109 components/score.yml:7:17 inputs.limit.type"},
      {{{"optional: true}", "optionl: true}"}},
       "BM105 components/score.yml:9:29 inputs.model.optionl"},
  };
  for (const auto& [edits, expected] : cases) {
    EXPECT_THAT(problems(check({}, edits)), ElementsAre(expected)) << expected;
  }
}

TEST(ComponentOutput, HasItsDeclaredTypeAndPlace) {
  const StepPlan step = step_of(check());
  EXPECT_EQ(step.outputs.at("rows").type, DataType::kUriFile);
  EXPECT_EQ(step.outputs.at("rows").pipeline_output, "rows");
  EXPECT_EQ(step.outputs.at("extra").type, DataType::kUriFolder);
  EXPECT_EQ(step.outputs.at("extra").mode, OutputMode::kUpload);
  EXPECT_EQ(step.outputs.at("extra").path, "");
  const StepPlan untyped = step_of(check({{"  rows: {type: uri_file}\njobs", "  rows:\njobs"}}));
  EXPECT_EQ(untyped.outputs.at("rows").type, DataType::kUriFile);
}

TEST(ComponentOutput, IsCheckedByItsDeclaration) {
  EXPECT_THAT(
      problems(check({{"  rows: {type: uri_file}\njobs", "  rows: {type: uri_folder}\njobs"}})),
      ElementsAre("BM403 pipeline.yml:15:13 jobs.score.outputs.rows"));
  EXPECT_THAT(problems(check({{"    outputs:\n", "    outputs:\n      roes:\n"}})),
              ElementsAre("BM105 pipeline.yml:15:7 jobs.score.outputs.roes"));
}

const char kReader[] =
    "  last:\n"
    "    command: cat ${{inputs.x}}\n"
    "    environment: e\n"
    "    inputs: {x: \"${{parent.jobs.score.outputs.extra}}\"}\n";

TEST(ComponentOutput, CanBeReadWithoutAWordInTheStep) {
  const CheckResult result =
      check({{"      rows: ${{parent.outputs.rows}}\n",
              std::string("      rows: ${{parent.outputs.rows}}\n") + kReader}});
  ASSERT_TRUE(result.plan.has_value()) << render_text(result.diagnostics, result.sources, {});
  EXPECT_EQ(result.plan->steps.at(1).inputs.at("x").type, DataType::kUriFolder);
}

TEST(Component, ThatCannotBeReadSilencesItsReaders) {
  EXPECT_THAT(problems(check({{"./components/score.yml", "azureml:score:1"},
                              {"      rows: ${{parent.outputs.rows}}\n",
                               std::string("      rows: ${{parent.outputs.rows}}\n") + kReader}})),
              ElementsAre("BM112 pipeline.yml:11:16 jobs.score.component"));
}

TEST(Component, IsReadOnceForSeveralSteps) {
  const std::string again =
      "      rows: ${{parent.outputs.rows}}\n"
      "  again:\n"
      "    component: ./components/score.yml\n"
      "    inputs: {data: \"${{parent.inputs.raw}}\", limit: 7}\n";
  const CheckResult result = check({{"      rows: ${{parent.outputs.rows}}\n", again}});
  ASSERT_TRUE(result.plan.has_value());
  EXPECT_EQ(literal(result.plan->steps.at(1), "limit"), "7");
  EXPECT_EQ(result.files.size(), 2u);
  EXPECT_THAT(problems(check({{"      rows: ${{parent.outputs.rows}}\n", again}},
                             {{"mini_batch_size", "mini_batch_sise"}})),
              ElementsAre("BM105 components/score.yml:15:1 mini_batch_sise"));
}

TEST(CommandComponent, GivesCommandCodeAndEnvironment) {
  fakes::MemoryFiles files = files_with(
      "type: pipeline\n"
      "jobs:\n"
      "  train:\n"
      "    component: train.yml\n"
      "    limits: {timeout: 5}\n"
      "    inputs: {epochs: 3}\n");
  files.put("/w/train.yml",
            "command: python train.py $[[--seed ${{inputs.seed}}]] --epochs ${{inputs.epochs}} "
            "--out ${{outputs.model}}\n"
            "code: ./src\n"
            "environment: azureml:e:1\n"
            "environment_variables: {A: b}\n"
            "inputs:\n"
            "  epochs: {type: integer}\n"
            "  seed: {type: integer, optional: true}\n"
            "outputs:\n"
            "  model: {type: mlflow_model}\n");
  const CheckResult result = check_pipeline(request_for_tests(), files);
  const StepPlan step = step_of(result);
  EXPECT_THAT(std::get<CommandSpec>(step.spec).command, HasSubstr("train.py"));
  EXPECT_EQ(std::get<CommandSpec>(step.spec).timeout_seconds.value, 5);
  EXPECT_EQ(step.code, "/w/src");
  EXPECT_EQ(step.environment.reference, "azureml:e:1");
  EXPECT_EQ(step.environment_variables.at("A"), "b");
  EXPECT_EQ(step.outputs.at("model").type, DataType::kMlflowModel);
}

}  // namespace
}  // namespace batchmill::pipeline
