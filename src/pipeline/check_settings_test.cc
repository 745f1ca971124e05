#include <algorithm>
#include <set>

#include <gmock/gmock.h>

#include "base/text.h"
#include "model/parallel_settings.h"
#include "pipeline/check.h"
#include "pipeline/check_cases_for_tests.h"
#include "pipeline/diagnostic_text.h"
#include "pipeline/engine_arguments.h"

// Every setting of a parallel step as a key, as a program argument, and bound to an input of the
// pipeline (parallel-job.md 1.1, 2; cli.md 8).
namespace batchmill::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct SettingCase {
  std::string key;
  std::string argument;
  std::string value;
  std::string other;           // another value; "" where there is only one
  std::string argument_value;  // the value as the argument has it, where they differ
  std::string with;            // a key that the setting needs beside it
};
void PrintTo(const SettingCase& c, std::ostream* out) { *out << c.key; }

const std::vector<SettingCase> kCases = {
    {"mini_batch_size", "mini_batch_size", "7", "8"},
    {"error_threshold", "error_threshold", "5", "-1"},
    {"mini_batch_error_threshold", "allowed_failed_count", "5", "0"},
    {"allowed_failed_percent", "allowed_failed_percent", "2.5", "100"},
    {"retry_settings.max_retries", "run_max_try", "4", "0", "5"},
    {"retry_settings.timeout", "run_invocation_timeout", "259200", "1"},
    {"bisect", "bisect", "true", "false"},
    {"speculation", "speculation", "true", "false"},
    {"task_overhead_timeout", "task_overhead_timeout", "30", "31"},
    {"progress_update_timeout", "progress_update_timeout", "30", "31"},
    {"first_task_creation_timeout", "first_task_creation_timeout", "30", "31"},
    {"allow_empty_input", "allow_empty_input", "true", "false"},
    {"resources.instance_count", "instance_count", "3", "1"},
    {"max_concurrency_per_instance", "process_count_per_node", "2", "3"},
    {"order", "order", "largest_first", "planned"},
    {"prefetch", "prefetch", "false", "true"},
    {"init_stagger_seconds", "init_stagger_seconds", "0.5", "2"},
    {"max_mini_batches_per_second", "max_mini_batches_per_second", "2.5", "0"},
    {"worker_memory_limit_mb", "worker_memory_limit_mb", "2048", "0"},
    {"surplus_gpu_workers", "surplus_gpu_workers", "hide", "unset"},
    {"output_action", "output_action", "append_row", "summary_only"},
    {"append_row_file_name", "append_row_file_name", "a.txt", "b.txt"},
    {"append_row_format", "append_row_format", "jsonl", "csv"},
    {"append_row_dataframe_header", "append_row_dataframe_header", "true", "false"},
    {"append_row_provenance", "append_row_provenance", "true", "false"},
    {"file_format", "amlbi_file_format", "jsonl"},
    {"mini_batch_rows", "amlbi_mini_batch_rows", "50", "60", "", "file_format: jsonl"},
    {"rank_mini_batch_count", "rank_mini_batch_count", "3", "4"},
    {"async_mode", "amlbi_async_mode", "true", "false"},
    {"async_window", "async_window", "8", "9", "", "async_mode: true"},
    {"pf_output_only", "pf_output_only", "true", "false"},
    {"resume_from", "resume_from", "digits_1", "digits_2"},
    {"logging_level", "logging_level", "DEBUG", "WARNING"},
    {"profiling_module", "profiling_module", "cProfile", "profile"},
    {"resource_monitor_interval", "resource_monitor_interval", "0", "5"},
    {"copy_logs_to_parent", "copy_logs_to_parent", "true", "false"},
    {"push_metrics_to_parent", "push_metrics_to_parent", "true", "false"},
    {"metrics_name_prefix", "metrics_name_prefix", "scoring_", "other_"},
};

// "    retry_settings: {timeout: 5}\n"
std::string key_line(const std::string& key, const std::string& value) {
  const auto dot = key.find('.');
  if (dot == std::string::npos) return "    " + key + ": " + value + "\n";
  return "    " + key.substr(0, dot) + ": {" + key.substr(dot + 1) + ": " + value + "}\n";
}

// A step whose inline component has `keys` among its own.
std::string in_component(const std::string& keys) {
  std::string indented;
  for (const std::string_view line : split(keys, '\n')) {
    if (!line.empty()) indented += "  " + std::string(line) + "\n";
  }
  return "type: pipeline\n"
         "inputs:\n"
         "  raw: {type: uri_folder, path: ./in}\n"
         "jobs:\n"
         "  score:\n"
         "    component:\n"
         "      type: parallel\n"
         "      inputs: {data: {type: uri_folder}}\n"
         "      outputs: {rows: {type: uri_folder}}\n"
         "      input_data: ${{inputs.data}}\n" +
         indented +
         "      task:\n"
         "        type: run_function\n"
         "        code: ./src\n"
         "        entry_script: score.py\n"
         "        environment: azureml:scoring:1\n"
         "        append_row_to: ${{outputs.rows}}\n"
         "    inputs: {data: \"${{parent.inputs.raw}}\"}\n";
}

class EverySetting : public ::testing::TestWithParam<SettingCase> {
 protected:
  SettingView view(const std::string& text) {
    const CheckResult result = check_pipeline(request_for_tests(), files_with(text));
    codes_.clear();
    for (const Diagnostic& diagnostic : result.diagnostics) {
      if (diagnostic.code != 7) codes_.push_back(diagnostic.code);  // several nodes are noticed
    }
    EXPECT_TRUE(result.plan.has_value())
        << text << render_text(result.diagnostics, result.sources, {});
    if (!result.plan) return {};
    return view_of(std::get<ParallelSpec>(result.plan->steps.at(0).spec),
                   *find_parallel_setting(GetParam().key));
  }
  std::string beside() const {
    return GetParam().with.empty() ? "" : "    " + GetParam().with + "\n";
  }
  std::string argument() const {
    const auto& c = GetParam();
    return "--" + c.argument + " " + (c.argument_value.empty() ? c.value : c.argument_value);
  }

  std::vector<int> codes_;
};

TEST_P(EverySetting, IsAKey) {
  const SettingView found =
      view(parallel_step(key_line(GetParam().key, GetParam().value) + beside(), ""));
  EXPECT_EQ(found.text, GetParam().value);
  EXPECT_EQ(found.origin, SettingOrigin::kNode);
  EXPECT_EQ(found.place.line, 9);
  EXPECT_THAT(codes_, IsEmpty());
}

TEST_P(EverySetting, IsAProgramArgument) {
  const SettingView found = view(parallel_step(beside(), argument()));
  EXPECT_EQ(found.text, GetParam().value);
  EXPECT_EQ(found.origin, SettingOrigin::kArgument);
  EXPECT_GT(found.place.line, 9);
  EXPECT_THAT(codes_, IsEmpty());
}

TEST_P(EverySetting, CanBeBoundToAnInputOfThePipeline) {
  const SettingView found = view(parallel_step(
      key_line(GetParam().key, "\"${{parent.inputs.bound}}\"") + beside(), "", GetParam().value));
  EXPECT_EQ(found.text, GetParam().value);
  EXPECT_EQ(found.origin, SettingOrigin::kNode);
  EXPECT_THAT(codes_, IsEmpty());
}

TEST_P(EverySetting, Spec2_2ArgumentWinsOverKeyWithAWarning) {
  if (GetParam().other.empty()) return;
  const std::string both = key_line(GetParam().key, GetParam().other) + beside();
  const SettingView found = view(parallel_step(both, argument()));
  EXPECT_EQ(found.text, GetParam().value);
  EXPECT_EQ(found.origin, SettingOrigin::kArgument);
  EXPECT_THAT(codes_, ElementsAre(512));
  view(parallel_step(key_line(GetParam().key, GetParam().value) + beside(), argument()));
  EXPECT_THAT(codes_, IsEmpty()) << "they agree";
}

TEST_P(EverySetting, Spec1_3IsInheritedFromAComponentAndTheStepWins) {
  const std::string component = in_component(key_line(GetParam().key, GetParam().value) + beside());
  const SettingView inherited = view(component);
  EXPECT_EQ(inherited.text, GetParam().value);
  EXPECT_EQ(inherited.origin, SettingOrigin::kComponent);
  EXPECT_THAT(codes_, IsEmpty());
  if (GetParam().other.empty() || GetParam().other == "summary_only") return;
  const SettingView own = view(component + key_line(GetParam().key, GetParam().other));
  EXPECT_EQ(own.text, GetParam().other);
  EXPECT_EQ(own.origin, SettingOrigin::kNode);
}

TEST_P(EverySetting, HasADefault) {
  const SettingView found = view(parallel_step("", ""));
  EXPECT_EQ(found.origin, SettingOrigin::kDefault);
  EXPECT_EQ(found.place.file, "");
}

std::string name_of_case(const ::testing::TestParamInfo<SettingCase>& tested) {
  std::string name = tested.param.key;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Settings, EverySetting, ::testing::ValuesIn(kCases), name_of_case);

TEST(Settings, AreAllTestedHere) {
  std::set<std::string_view> tested;
  for (const SettingCase& c : kCases) tested.insert(c.key);
  for (const ParallelSetting& setting : parallel_settings()) {
    EXPECT_TRUE(tested.contains(setting.key)) << setting.key;
  }
}

ParallelSpec spec_of(const std::string& keys, const std::string& arguments) {
  const CheckResult result =
      check_pipeline(request_for_tests(), files_with(parallel_step(keys, arguments)));
  EXPECT_TRUE(result.plan.has_value()) << render_text(result.diagnostics, result.sources, {});
  if (!result.plan) return {};
  return std::get<ParallelSpec>(result.plan->steps.at(0).spec);
}

TEST(Spec2_3, OfAFlowThatRunsAsAComponentOnlyTheOutputIsWritten) {
  const std::string component = "--amlbi_pf_run_mode component";
  EXPECT_TRUE(spec_of("", "--amlbi_pf_enabled True " + component).pf_output_only.value);
  EXPECT_TRUE(spec_of("", component + " --amlbi_pf_enabled True").pf_output_only.value);
  EXPECT_FALSE(spec_of("", "--amlbi_pf_enabled True").pf_output_only.value);
  EXPECT_FALSE(spec_of("", component).pf_output_only.value);
  EXPECT_FALSE(spec_of("", "--amlbi_pf_enabled False " + component).pf_output_only.value);
  EXPECT_FALSE(
      spec_of("", "--amlbi_pf_enabled True --amlbi_pf_run_mode bulk").pf_output_only.value);
}

TEST(Spec2_3, RanksIgnoreInputDataAndZeroOrLessAreNone) {
  EXPECT_EQ(spec_of("", "--rank_mini_batch_count 4").input_data, "");
  EXPECT_EQ(spec_of("", "--rank_mini_batch_count -3").rank_mini_batch_count.value, 0);
  EXPECT_EQ(spec_of("", "--rank_mini_batch_count -3").input_data, "data");
}

TEST(Spec2_1, FirstTaskCreationTimeoutIsClampedWithAWarning) {
  EXPECT_EQ(
      spec_of("", "--first_task_creation_timeout 518400").first_task_creation_timeout_seconds.value,
      259200);
  EXPECT_EQ(spec_of("    first_task_creation_timeout: 518400\n", "")
                .first_task_creation_timeout_seconds.value,
            259200);
}

TEST(Spec5_3, AnExplicitMinusOneIsExplicitAsKeyAndAsArgument) {
  EXPECT_TRUE(spec_of("", "--error_threshold -1").error_threshold.is_explicit());
  EXPECT_TRUE(spec_of("    error_threshold: -1\n", "").error_threshold.is_explicit());
  EXPECT_FALSE(spec_of("", "").error_threshold.is_explicit());
}

}  // namespace
}  // namespace batchmill::pipeline
