#include "engine/generated_arguments.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/parallel_rules.h"
#include "engine/step_facts_for_tests.h"

namespace batchmill::engine {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> words_of(StepForTests& step, ArgumentFacts facts) {
  facts.rules = step_rules(step.spec(), {4, {}});
  facts.appends = appends_rows(step.spec());
  facts.output_folder = "/out";
  return generated_arguments(step.facts(), step.prepared, facts);
}

std::map<std::string, std::string> arguments_of(StepForTests& step, const char* kind) {
  const auto words = words_of(step, {{}, kind, false, ""});
  std::map<std::string, std::string> arguments;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) arguments[words[i]] = words[i + 1];
  return arguments;
}

TEST(Spec2_2Arguments, AllOfThemInTheirOrder) {
  StepForTests step;
  EXPECT_THAT(words_of(step, {{}, "files", false, ""}),
              ElementsAre("--client_sdk_version", "1.2.3", "--scoring_module_name", "score.py",
                          "--mini_batch_size", "1", "--error_threshold", "-1", "--output_action",
                          "append_row", "--logging_level", "INFO", "--run_invocation_timeout", "60",
                          "--run_max_try", "3", "--create_snapshot_at_runtime", "True",
                          "--allowed_failed_count", "-1", "--allowed_failed_percent", "100",
                          "--append_row_file_name", "parallel_run_step.txt", "--output", "/out",
                          "--process_count_per_node", "4", "--input_fds_0", "/data/images",
                          "--output_uri_file", "/out/rows.csv", "--input_asset_images",
                          "/data/images", "--input_asset_model", "/data/model"));
}

TEST(Spec2_2Arguments, TheirValuesAreTheEffectiveOnes) {
  StepForTests step;
  step.spec().mini_batch_size =
      Setting<MiniBatchSize>{{10240, true, "10kb"}, SettingOrigin::kNode, {}};
  step.spec().max_retries.value = 0;
  step.spec().allowed_failed_percent.value = 2.5;
  step.spec().logging_level.value = LoggingLevel::kDebug;
  step.spec().append_row_file_name.value = "rows.csv";
  auto arguments = arguments_of(step, "files");
  EXPECT_EQ(arguments["--mini_batch_size"], "10kb");
  EXPECT_EQ(arguments["--run_max_try"], "1");
  EXPECT_EQ(arguments["--allowed_failed_percent"], "2.5");
  EXPECT_EQ(arguments["--logging_level"], "DEBUG");
  EXPECT_EQ(arguments["--append_row_file_name"], "rows.csv");
}

TEST(Spec2_2Arguments, ATableHasAnotherNameAndRanksHaveNone) {
  StepForTests step;
  auto table = arguments_of(step, "table");
  EXPECT_EQ(table["--input_ds_0"], "/data/images");
  EXPECT_FALSE(table.contains("--input_fds_0"));
  auto ranks = arguments_of(step, "ranks");
  EXPECT_FALSE(ranks.contains("--input_ds_0") || ranks.contains("--input_fds_0"));
}

TEST(Spec2_2Arguments, NothingIsAppendedNothingIsNamed) {
  StepForTests step;
  step.spec().output_action = {"summary_only", SettingOrigin::kNode, {}};
  auto arguments = arguments_of(step, "files");
  EXPECT_EQ(arguments["--output_action"], "summary_only");
  EXPECT_FALSE(arguments.contains("--output_uri_file"));
}

}  // namespace
}  // namespace batchmill::engine
