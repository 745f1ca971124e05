#include <gmock/gmock.h>

#include "model/plan.h"
#include "pipeline/check.h"
#include "pipeline/check_cases_for_tests.h"
#include "pipeline/diagnostic_text.h"

// The validation errors of the original (parallel-job.md 1.4) and the rules of sizes (4.3), row by
// row. Those of components stand in check_component_test.cc.
namespace batchmill::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Edit = std::pair<std::string, std::string>;

std::vector<int> codes_of(std::string text, const std::vector<Edit>& edits = {}) {
  for (const auto& [from, to] : edits) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
  }
  const CheckResult result = check_pipeline(request_for_tests(), files_with(text));
  std::vector<int> codes;
  for (const Diagnostic& diagnostic : result.diagnostics) {
    if (diagnostic.level != Level::kNotice) codes.push_back(diagnostic.code);
  }
  return codes;
}

std::vector<int> key(const std::string& line) {
  return codes_of(parallel_step("    " + line + "\n", ""));
}
std::vector<int> argument(const std::string& words) { return codes_of(parallel_step("", words)); }
std::vector<int> task(const Edit& edit) { return codes_of(parallel_step("", ""), {edit}); }

TEST(Spec1_4, MiniBatchSizeMustMatchThePattern) {
  for (const char* size : {"ten", "1.5mb", "-1", "\"\"", "10 files", "kb"}) {
    EXPECT_THAT(key(std::string("mini_batch_size: ") + size), ElementsAre(503)) << size;
  }
}

TEST(Spec1_4, UnitMustBeKbMbOrGb) {
  for (const char* size : {"10b", "10k", "10tb", "10kib", "10kbkb"}) {
    EXPECT_THAT(key(std::string("mini_batch_size: ") + size), ElementsAre(503)) << size;
  }
}

TEST(Spec1_4, TaskTypeIsRequiredAndOneOfTheKinds) {
  EXPECT_THAT(task({"      type: run_function\n", ""}), ElementsAre(107));
  EXPECT_THAT(task({"type: run_function", "type: run_functio"}), ElementsAre(109));
  for (const char* foreign : {"type: model", "type: function"}) {
    EXPECT_THAT(task({"type: run_function", foreign}), ElementsAre(111)) << foreign;
  }
}

TEST(Spec1_4, TaskEnvironmentIsRequired) {
  EXPECT_THAT(task({"      environment: azureml:scoring:1\n", ""}), ElementsAre(107));
}

TEST(Spec1_4, InstanceCountBelongsInResources) {
  EXPECT_THAT(key("instance_count: 2"), ElementsAre(106));
  EXPECT_THAT(key("resources: {instance_count: 2}\n    instance_count: 2"), ElementsAre(106));
}

TEST(Spec1_4, AttributesOfAWrongTypeAreRefused) {
  EXPECT_THAT(key("logging_level: [INFO]"), ElementsAre(108));
  EXPECT_THAT(key("error_threshold: {a: 1}"), ElementsAre(108));
  EXPECT_THAT(key("retry_settings: 3"), ElementsAre(108));
  EXPECT_THAT(key("task_overhead_timeout: soon"), ElementsAre(108));
}

TEST(Spec1_4, IntegersTextsAndBindingsAreTakenForNumbers) {
  for (const char* value : {"4", "\"4\"", "4.0", "\"${{parent.inputs.bound}}\""}) {
    EXPECT_THAT(key(std::string("max_concurrency_per_instance: ") + value), IsEmpty()) << value;
    EXPECT_THAT(key(std::string("mini_batch_error_threshold: ") + value), IsEmpty()) << value;
  }
}

// The original refuses one file without its flags; here it is a list of one, or rows.
TEST(Spec1_4, ASplitInputMayBeOneFile) {
  const Edit file{"{type: uri_folder, path: ./in}", "{type: uri_file, path: ./labels.csv}"};
  EXPECT_THAT(codes_of(parallel_step("", ""), {file}), IsEmpty());
  EXPECT_THAT(codes_of(parallel_step("    file_format: jsonl\n", ""), {file}), IsEmpty());
  EXPECT_THAT(codes_of(parallel_step("", "--amlbi_file_format jsonl"), {file}), IsEmpty());
}

TEST(Spec1_4, ThresholdsAreAtLeastMinusOneAndIntegers) {
  for (const char* name : {"error_threshold", "allowed_failed_count"}) {
    const std::string written = name;
    EXPECT_THAT(argument("--" + written + " -2"), ElementsAre(505)) << name;
    EXPECT_THAT(argument("--" + written + " 1.5"), ElementsAre(407)) << name;
    EXPECT_THAT(argument("--" + written + " -1"), IsEmpty()) << name;
    EXPECT_THAT(key(written + ": -2"), ElementsAre(505)) << name;
    EXPECT_THAT(key(written + ": 1.5"), ElementsAre(108)) << name;
    EXPECT_THAT(key(written + ": 0"), IsEmpty()) << name;
  }
}

TEST(Spec1_4, AllowedFailedPercentIsANumberFromZeroToAHundred) {
  for (const char* right : {"0", "100", "2.5"}) {
    EXPECT_THAT(key(std::string("allowed_failed_percent: ") + right), IsEmpty()) << right;
    EXPECT_THAT(argument(std::string("--allowed_failed_percent ") + right), IsEmpty()) << right;
  }
  for (const char* wrong : {"-0.5", "100.5"}) {
    EXPECT_THAT(key(std::string("allowed_failed_percent: ") + wrong), ElementsAre(505)) << wrong;
    EXPECT_THAT(argument(std::string("--allowed_failed_percent ") + wrong), ElementsAre(505))
        << wrong;
  }
}

TEST(Spec1_4, AtLeastOneProcessOnEachNode) {
  EXPECT_THAT(key("max_concurrency_per_instance: 0"), ElementsAre(505));
  EXPECT_THAT(argument("--process_count_per_node 0"), ElementsAre(505));
}

TEST(Spec1_4, AtLeastOneNode) {
  EXPECT_THAT(key("resources: {instance_count: 0}"), ElementsAre(505));
  EXPECT_THAT(key("resources: {instance_count: -1}"), IsEmpty()) << "not given";
  EXPECT_THAT(key("resources: {instance_count: 3}"), IsEmpty());
}

TEST(Spec1_4, TimeoutsArePositiveAndAtMostThreeDays) {
  EXPECT_THAT(argument("--run_invocation_timeout 0"), ElementsAre(505));
  EXPECT_THAT(key("retry_settings: {timeout: 0}"), ElementsAre(505));
  EXPECT_THAT(key("retry_settings: {timeout: 259201}"), ElementsAre(505));
  for (const char* name : {"task_overhead_timeout", "progress_update_timeout"}) {
    EXPECT_THAT(key(std::string(name) + ": 259201"), ElementsAre(505)) << name;
    EXPECT_THAT(argument("--" + std::string(name) + " 0"), ElementsAre(505)) << name;
  }
}

TEST(Spec1_4, AtLeastOneTry) {
  EXPECT_THAT(argument("--run_max_try 0"), ElementsAre(505));
  EXPECT_THAT(key("retry_settings: {max_retries: -1}"), ElementsAre(505));
  EXPECT_THAT(key("retry_settings: {max_retries: 0}"), IsEmpty());
}

TEST(Spec1_4, OutputActionIsOneOfTwo) {
  EXPECT_THAT(key("output_action: append"), ElementsAre(109));
  EXPECT_THAT(argument("--output_action append"), ElementsAre(109));
  EXPECT_THAT(argument("--output_action append_row"), IsEmpty());
}

TEST(Spec1_4, AppendRowNeedsAnOutput) {
  const Edit without{"      append_row_to: ${{outputs.rows}}\n", ""};
  EXPECT_THAT(codes_of(parallel_step("    output_action: append_row\n", ""), {without}),
              ElementsAre(107));
  EXPECT_THAT(codes_of(parallel_step("", "--output_action append_row"), {without}),
              ElementsAre(107));
  EXPECT_THAT(codes_of(parallel_step("", "--output_action summary_only"), {without}), IsEmpty());
}

TEST(Spec1_4, FileNamesHaveNoneOfTheForbiddenCharacters) {
  for (const char c : std::string("~\"#%&*:<>?/\\{|}")) {
    const std::string name = std::string("a") + c + "b";
    const std::string quoted = c == '\'' ? "\"" + name + "\"" : "'" + name + "'";
    EXPECT_THAT(key("append_row_file_name: " + quoted), ElementsAre(407)) << name;
  }
  EXPECT_THAT(key("append_row_file_name: results-2.1 (final).txt"), IsEmpty());
}

TEST(Spec1_4, ArgumentsOfTheUserMayBeNamedAnyhow) {
  EXPECT_THAT(argument("positional output=x"), IsEmpty());
}

TEST(Spec4_3, APlainNumberCountsFilesOrBytes) {
  EXPECT_THAT(key("mini_batch_size: 100"), IsEmpty());
  EXPECT_THAT(key("mini_batch_size: \"100\""), IsEmpty());
  const std::vector<Edit> table = {
      {"{type: uri_folder, path: ./in}", "{type: mltable, path: ./table}"},
      {"data: \"${{parent.inputs.raw}}\"",
       "data: {path: \"${{parent.inputs.raw}}\", mode: direct}"}};
  for (const char* size : {"100", "\"100\"", "10kb", "1 MB"}) {
    EXPECT_THAT(
        codes_of(parallel_step("    mini_batch_size: " + std::string(size) + "\n", ""), table),
        IsEmpty())
        << size;
  }
}

TEST(Spec4_3, AUnitOnFilesIsRefused) {
  for (const char* size : {"10kb", "10KB", "1Mb", "2gB", "\"100 kb\""}) {
    EXPECT_THAT(key(std::string("mini_batch_size: ") + size), ElementsAre(504)) << size;
  }
  EXPECT_THAT(argument("--mini_batch_size 10kb"), ElementsAre(504));
}

TEST(Spec4_3, ZeroIsRefused) {
  for (const char* size : {"0", "\"0\"", "0kb", "00"}) {
    EXPECT_THAT(key(std::string("mini_batch_size: ") + size), ElementsAre(503)) << size;
  }
}

TEST(Spec4_3, WithoutASizeThePlannerDecides) {
  const CheckResult result = check_pipeline(request_for_tests(), files_with(parallel_step("", "")));
  ASSERT_TRUE(result.plan.has_value());
  EXPECT_FALSE(std::get<ParallelSpec>(result.plan->steps.at(0).spec).mini_batch_size.has_value());
}

}  // namespace
}  // namespace batchmill::pipeline
