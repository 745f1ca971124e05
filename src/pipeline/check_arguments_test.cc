#include "pipeline/one_mistake_rig.h"

namespace batchmill::pipeline {
namespace {

class ArgumentMistake : public OneMistake {};

TEST_P(ArgumentMistake, IsReportedAtItsPlaceAndAlone) { expect_it_at_its_place_and_alone(); }

const char kArguments[] =
    "      program_arguments: --limit ${{inputs.limit}} --error_threshold 7\n";
const char kArgumentsPath[] = "jobs.score.task.program_arguments";

Case arguments(const std::string& name, const std::string& text,
               const std::vector<std::pair<int, int>>& codes_and_offsets, Edits more = {}) {
  std::string to = "      program_arguments: " + text + "\n";
  for (const auto& [code, offset] : codes_and_offsets) {
    const auto column =
        std::string("      program_arguments: ").size() + 1 + static_cast<std::size_t>(offset);
    std::string digits = std::to_string(code);
    digits.insert(0, 3 - digits.size(), '0');
    to += "#@" + std::to_string(column) + " BM" + digits + " " + kArgumentsPath + "\n";
  }
  more.emplace_back(kArguments, to);
  return {name, std::move(more)};
}

const Edits kWithoutSize = {{"    mini_batch_size: \"5\"\n", ""}};

INSTANTIATE_TEST_SUITE_P(
    Check, ArgumentMistake,
    ::testing::ValuesIn(std::vector<Case>{
        arguments("quote_not_closed", "--name 'a b --x 1", {{511, 7}}),
        arguments("second_quote_not_closed", "--name 'a' --b 'c", {{511, 15}}),
        arguments("out_of_range", "--a 1 --allowed_failed_percent 101", {{505, 6}}),
        arguments("no_number", "--error_threshold x", {{407, 0}}),
        arguments("no_value", "--a b --error_threshold", {{407, 6}}),
        arguments("equals_sign", "--error_threshold=-5", {{505, 0}}),
        arguments("choice", "--logging_level loud", {{109, 0}}),
        arguments("size", "--mini_batch_size ten", {{503, 0}}),
        arguments("wins_over_the_key", "--mini_batch_size 6 --allowed_failed_count 1", {{512, 0}}),
        arguments("tries_are_retries_and_one", "--run_max_try 4", {}),
        arguments("tries_that_differ", "--run_max_try 3", {{512, 0}}),
        arguments("no_tries", "--run_max_try 0", {{505, 0}}),
        arguments("logs_and_metrics",
                  "--copy_logs_to_parent True --push_metrics_to_parent true "
                  "--metrics_name_prefix a_ --resource_monitor_interval 0",
                  {}),
        arguments("no_boolean", "--copy_logs_to_parent maybe", {{407, 0}}),
        arguments("profiler", "--profiling_module cprofil", {{109, 0}}),
        arguments("shortened", "--resource_monitor_interva 10", {{4, 0}}),
        arguments("too_short_to_be_meant", "--resource_monitor 10", {}),
        arguments("misspelt", "--eror_threshold 3", {{5, 0}}),
        arguments("hyphens", "--error-threshold 3", {{5, 0}}),
        arguments("rows_of_json", "--amlbi_file_format jsonl --amlbi_mini_batch_rows 5", {},
                  kWithoutSize),
        arguments("rows_and_size", "--amlbi_file_format jsonl --mini_batch_size 10kb", {{506, 26}},
                  kWithoutSize),
        arguments("rows_of_nothing", "--amlbi_mini_batch_rows 5", {{506, 0}}),
        arguments("unknown_format", "--amlbi_file_format csv", {{109, 0}}),
        arguments("asynchronous", "--amlbi_async_mode true --async_window 8", {}),
        arguments("window_of_nothing", "--amlbi_async_mode false --async_window 8", {{506, 25}}),
        arguments("flow_as_component", "--amlbi_pf_enabled True --amlbi_pf_run_mode component", {}),
        arguments("flow_of_unknown_kind", "--amlbi_pf_run_mode componen", {{109, 0}}),
        arguments("flow_or_not", "--amlbi_pf_enabled maybe", {{407, 0}}),
        arguments("for_the_script", "--append_row_safe_output true --amlbi_dataframe_mixed_types 1",
                  {{3, 0}, {3, 30}}),
        arguments("partition_keys", "--partition_keys a", {{112, 0}}),
        arguments("ranks", "--rank_mini_batch_count 4", {}, kWithoutSize),
        arguments("no_ranks", "--rank_mini_batch_count -1", {}),
        arguments("resume", "--resume_from digits_1", {}),
        arguments("agreeing_action", "--output_action append_row", {}),
        arguments("other_action", "--output_action summary_only", {{512, 0}}),
        arguments("unknown_action", "--output_action append", {{109, 0}}),
        arguments("format_of_a_later_version", "--append_row_format parquet", {{112, 0}}),
        arguments("own_argument_of_the_script", "--order desc --prefetch 4 --bisect",
                  {{5, 0}, {5, 13}, {5, 26}}),
        arguments("clamped", "--first_task_creation_timeout 518400", {{505, 0}}),
        arguments("of_the_script", "--output x --model ${{inputs.text}} -v", {})}),
    case_name);

}  // namespace
}  // namespace batchmill::pipeline
