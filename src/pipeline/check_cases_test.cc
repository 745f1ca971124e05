#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/check.h"
#include "pipeline/check_cases_for_tests.h"
#include "pipeline/diagnostic_text.h"

// One mistake per case: an edit of a right file, with the expected place in a comment below it.
// Exactly the expected diagnostics must appear.
namespace batchmill::pipeline {
namespace {

using Edits = std::vector<std::pair<std::string, std::string>>;

struct Case {
  std::string name;
  Edits edits;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class OneMistake : public ::testing::TestWithParam<Case> {};

TEST_P(OneMistake, IsReportedAtItsPlaceAndAlone) {
  const std::string text = edited(GetParam().edits);
  const MemoryFiles files = files_with(text);
  const CheckResult result = check_pipeline(request_for_tests(), files);
  EXPECT_EQ(summary(result.diagnostics), expectations(text))
      << text << "\n"
      << render_text(result.diagnostics, result.sources, {});
  EXPECT_EQ(result.plan.has_value(), !has_errors(result.diagnostics));
  for (const Diagnostic& diagnostic : result.diagnostics) {
    EXPECT_FALSE(diagnostic.message.empty());
    EXPECT_EQ(diagnostic.message.find('{' + std::string("k")), std::string::npos);
    EXPECT_EQ(diagnostic.place.file, "pipeline.yml");
  }
}

std::string case_name(const ::testing::TestParamInfo<Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Keys, OneMistake,
    ::testing::ValuesIn(std::vector<Case>{
        {"none", {}},
        {"unknown_key_of_the_job",
         {{"display_name: sample\n", "display_nam: sample\n#@1 BM105 display_nam\n"}}},
        {"unknown_key_of_a_step",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_sise: \"5\"\n#   ^ BM105 jobs.score.mini_batch_sise\n"}}},
        {"unknown_key_of_a_task",
         {{"      entry_script: score.py\n",
           "      entry_script: score.py\n      argumnts: x\n#     ^ BM105 "
           "jobs.score.task.argumnts\n"}}},
        {"unknown_key_of_retry_settings",
         {{"    retry_settings: {max_retries: 3, timeout: 120}\n",
           "    retry_settings: {max_retrys: 3, timeout: 120}\n"
           "#                    ^ BM105 jobs.score.retry_settings.max_retrys\n"}}},
        {"unknown_key_of_an_input",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {typ: uri_folder, path: ./in}\n#       ^ BM105 inputs.raw.typ\n"}}},
        {"unknown_key_of_an_output",
         {{"  rows: {type: uri_file}\n",
           "  rows: {type: uri_file, nmae: x}\n#                        ^ BM105 "
           "outputs.rows.nmae\n"}}},
        {"unknown_key_of_an_environment",
         {{"environment: {image: \"python:3.11\", conda_file: ./conda.yml}\n",
           "environment: {image: \"python:3.11\", conda: ./conda.yml}\n"
           "#                                       ^ BM105 jobs.clean.environment.conda\n"}}},
        {"unknown_setting_is_a_warning",
         {{"  continue_on_step_failure: false\n",
           "  continue_on_step_failures: false\n# ^ BM114 settings.continue_on_step_failures\n"}}},
        {"free_keys_pass",
         {{"type: pipeline\n", "x-anchors: &a {b: c}\ntype: pipeline\n"},
          {"    mini_batch_size: \"5\"\n", "    mini_batch_size: \"5\"\n    x-note: anything\n"}}},
        {"key_of_the_task_at_the_step",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    entry_script: a.py\n#   ^ BM106 "
           "jobs.score.entry_script\n"}}},
        {"key_of_retry_settings_at_the_step",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    max_retries: 2\n#   ^ BM106 "
           "jobs.score.max_retries\n"}}},
        {"key_of_the_step_in_the_task",
         {{"      entry_script: score.py\n",
           "      entry_script: score.py\n      error_threshold: 1\n"
           "#     ^ BM106 jobs.score.task.error_threshold\n"}}},
        {"key_of_settings_at_the_top",
         {{"display_name: sample\n",
           "display_name: sample\ndefault_compute: azureml:x\n#@1 BM106 default_compute\n"}}},
        {"append_row_to_at_the_step_is_taken",
         {{"      append_row_to: ${{outputs.rows}}\n", ""},
          {"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    append_row_to: ${{outputs.rows}}\n"
           "#                  ^ BM106 jobs.score.append_row_to\n"}}},
        {"missing_type",
         {{"type: pipeline\ndisplay_name: sample\n", "display_name: sample\n#@1 BM107 type\n"}}},
        {"missing_command",
         {{"  report:\n    type: command\n    command: python report.py ${{inputs.rows}} "
           "${{outputs.report}}\n",
           "  report:\n# ^ BM107 jobs.report.command\n    type: command\n"}}},
        {"missing_environment",
         {{"  report:\n    type: command\n",
           "  report:\n# ^ BM107 jobs.report.environment\n    type: command\n"},
          {"    environment: azureml:reporting@latest\n", ""}}},
        {"missing_keys_of_a_task",
         {{"    task:\n      type: run_function\n      code: ./src\n      entry_script: score.py\n",
           "    task:\n#   ^ BM107 jobs.score.task.code\n#   ^ BM107 jobs.score.task.entry_script\n"
           "      type: run_function\n"}}},
        {"missing_input_data",
         {{"  score:\n    type: parallel\n",
           "  score:\n# ^ BM107 jobs.score.input_data\n    type: parallel\n"},
          {"    input_data: ${{inputs.data}}\n", ""}}},
        {"null_is_missing",
         {{"  report:\n    type: command\n    command: python report.py ${{inputs.rows}} "
           "${{outputs.report}}\n",
           "  report:\n# ^ BM107 jobs.report.command\n    type: command\n    command:\n"}}},
        {"key_twice",
         {{"display_name: sample\n",
           "display_name: sample\ndisplay_name: again\n#@1 BM103 display_name\n"}}}}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Values, OneMistake,
    ::testing::ValuesIn(std::vector<Case>{
        {"list_for_an_integer",
         {{"    max_concurrency_per_instance: 2\n",
           "    max_concurrency_per_instance: [2]\n"
           "#                                 ^ BM108 jobs.score.max_concurrency_per_instance\n"}}},
        {"boolean_for_an_integer",
         {{"    max_concurrency_per_instance: 2\n",
           "    max_concurrency_per_instance: yes\n"
           "#                                 ^ BM108 jobs.score.max_concurrency_per_instance\n"}}},
        {"fraction_for_an_integer",
         {{"    max_concurrency_per_instance: 2\n",
           "    max_concurrency_per_instance: 2.5\n"
           "#                                 ^ BM108 jobs.score.max_concurrency_per_instance\n"}}},
        {"quoted_integer_is_taken",
         {{"    max_concurrency_per_instance: 2\n", "    max_concurrency_per_instance: \"2\"\n"}}},
        {"text_for_a_mapping",
         {{"    retry_settings: {max_retries: 3, timeout: 120}\n",
           "    retry_settings: 3\n#                   ^ BM108 jobs.score.retry_settings\n"}}},
        {"mapping_for_a_text",
         {{"    display_name: scoring\n",
           "    display_name: {a: b}\n#                 ^ BM108 jobs.score.display_name\n"}}},
        {"text_for_a_boolean",
         {{"  continue_on_step_failure: false\n",
           "  continue_on_step_failure: perhaps\n"
           "#                           ^ BM108 settings.continue_on_step_failure\n"}}},
        {"list_for_jobs", {{"jobs:\n", "x-jobs: [a]\njobs: [a]\n#     ^ BM108 jobs\nx-old:\n"}}},
        {"text_for_a_step",
         {{"  report:\n    type: command\n",
           "  extra: run it\n#        ^ BM108 jobs.extra\n  report:\n    type: command\n"}}},
        {"null_for_a_step",
         {{"  report:\n    type: command\n",
           "  extra:\n# ^ BM108 jobs.extra\n  report:\n    type: command\n"}}},
        {"list_for_an_input",
         {{"  limit: 10\n", "  limit: 10\n  many: [1, 2]\n#       ^ BM108 inputs.many\n"}}},
        {"unknown_choice",
         {{"    logging_level: debug\n",
           "    logging_level: verbose\n#                  ^ BM109 jobs.score.logging_level\n"}}},
        {"unknown_type_of_an_input",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_foldr, path: ./in}\n#             ^ BM109 inputs.raw.type\n"}}},
        {"unknown_type_of_a_step",
         {{"  report:\n    type: command\n",
           "  report:\n    type: comand\n#         ^ BM109 jobs.report.type\n"}}},
        {"foreign_kind_of_a_step",
         {{"  report:\n    type: command\n",
           "  report:\n    type: sweep\n#         ^ BM111 jobs.report.type\n"}}},
        {"foreign_kind_of_a_task",
         {{"      type: run_function\n",
           "      type: model\n#           ^ BM111 jobs.score.task.type\n"}}},
        {"foreign_kind_of_a_job", {{"type: pipeline\n", "type: automl\n#     ^ BM111 type\n"}}},
        {"parallel_at_the_top", {{"type: pipeline\n", "type: parallel\n#     ^ BM111 type\n"}}},
        {"boolean_where_a_text_is_expected",
         {{"MODE: fast}\n",
           "MODE: off}\n#                                                                    ^ "
           "BM110 jobs.clean.environment_variables.MODE\n"}}},
        {"number_where_a_text_is_expected",
         {{"experiment_name: tests\n",
           "experiment_name: tests\ntags: {release: 1.10}\n#               ^ BM110 "
           "tags.release\n"}}},
        {"date_where_a_text_is_expected",
         {{"display_name: sample\n",
           "display_name: 2024-01-31\n#             ^ BM110 display_name\n"}}},
        {"integer_as_text_is_no_problem",
         {{"experiment_name: tests\n", "experiment_name: tests\ntags: {release: 12}\n"}}},
        {"zero_timeout",
         {{"    limits: {timeout: 3600}\n",
           "    limits: {timeout: 0}\n#                     ^ BM505 jobs.clean.limits.timeout\n"}}},
        {"threshold_below_minus_one",
         {{"    mini_batch_error_threshold: 1\n",
           "    mini_batch_error_threshold: -2\n"
           "#                               ^ BM505 jobs.score.mini_batch_error_threshold\n"}}},
        {"integer_beyond_64_bits",
         {{"    mini_batch_error_threshold: 1\n",
           "    mini_batch_error_threshold: 99999999999999999999\n"
           "#                               ^ BM505 jobs.score.mini_batch_error_threshold\n"}}},
        {"timeout_of_four_days",
         {{"    retry_settings: {max_retries: 3, timeout: 120}\n",
           "    retry_settings: {max_retries: 3, timeout: 345600}\n"
           "#                                             ^ BM505 "
           "jobs.score.retry_settings.timeout\n"}}},
        {"first_task_timeout_is_clamped_with_a_warning",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    first_task_creation_timeout: 518400\n"
           "#                                ^ BM505 jobs.score.first_task_creation_timeout\n"}}},
        {"name_of_an_input",
         {{"  limit: 10\n", "  limit: 10\n  two words: 3\n# ^ BM115 inputs.two words\n"}}},
        {"name_of_a_step",
         {{"  report:\n    type: command\n",
           "  1st: {command: a, environment: e}\n# ^ BM115 jobs.1st\n  report:\n    type: "
           "command\n"}}},
        {"hyphen_in_the_name_of_a_step",
         {{"  report:\n    type: command\n",
           "  report-it:\n# ^ BM116 jobs.report-it\n    type: command\n"}}},
        {"name_of_the_job", {{"display_name: sample\n", "name: ../x\n#     ^ BM115 name\n"}}}}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Later, OneMistake,
    ::testing::ValuesIn(std::vector<Case>{
        {"component_file",
         {{"  report:\n    type: command\n    command: python report.py ${{inputs.rows}} "
           "${{outputs.report}}\n",
           "  report:\n    component: ./report.yml\n#   ^ BM112 jobs.report.component\n"}}},
        {"outputs_of_a_component_are_not_known",
         {{"  clean:\n    command: python clean.py --in ${{inputs.src}} --max ${{inputs.limit}} "
           "--out ${{outputs.dst}}\n",
           "  clean:\n    component: azureml:clean:1\n#   ^ BM112 jobs.clean.component\n"},
          {"    outputs:\n      dst:\n", ""}}},
        {"nested_pipeline",
         {{"  report:\n    type: command\n",
           "  report:\n    type: pipeline\n#         ^ BM112 jobs.report.type\n"}}},
        {"partition_keys",
         {{"    mini_batch_size: \"5\"\n",
           "    partition_keys: [a]\n#   ^ BM112 jobs.score.partition_keys\n"}}},
        {"registered_output",
         {{"  rows: {type: uri_file}\n",
           "  rows: {type: uri_file, name: x, version: 1}\n#                        ^ BM112 "
           "outputs.rows.name\n"
           "#                                 ^ BM112 outputs.rows.version\n"}}},
        {"on_init",
         {{"  continue_on_step_failure: false\n",
           "  continue_on_step_failure: false\n  on_init: clean\n# ^ BM112 settings.on_init\n"}}},
        {"data_asset",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_folder, path: azureml:mine:1}\n#                               ^ "
           "BM112 inputs.raw.path\n"}}},
        {"output_of_another_job",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_folder, path: azureml://jobs/j/outputs/o/paths/}\n#                  "
           "             ^ BM112 inputs.raw.path\n"}}},
        {"web_address",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_file, path: https://example.org/a.csv}\n#                            "
           " ^ BM112 inputs.raw.path\n"}}},
        {"web_address_as_a_literal_is_text",
         {{"  limit: 10\n", "  limit: https://example.org/a.csv\n"}}},
        {"two_processes",
         {{"    limits: {timeout: 3600}\n",
           "    distribution: {type: pytorch, process_count_per_instance: 2}\n"
           "#                                                             ^ BM112 "
           "jobs.clean.distribution.process_count_per_instance\n"}}},
        {"one_process_is_fine",
         {{"    limits: {timeout: 3600}\n",
           "    distribution: {type: pytorch, process_count_per_instance: 1}\n"}}},
        {"distribution_over_nodes",
         {{"    limits: {timeout: 3600}\n",
           "    distribution: {type: mpi}\n    resources: {instance_count: 2}\n"
           "#                               ^ BM007 jobs.clean.resources.instance_count\n"
           "#                               ^ BM112 jobs.clean.resources.instance_count\n"}}},
        {"several_nodes_are_one",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    resources: {instance_count: 4}\n"
           "#                               ^ BM007 jobs.score.resources.instance_count\n"}}},
        {"minus_one_nodes_are_not_given",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    resources: {instance_count: -1}\n"}}},
        {"key_without_effect",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    resource_monitor_interval: 5\n"
           "#   ^ BM003 jobs.score.resource_monitor_interval\n"}}},
        {"code_from_git",
         {{"    command: python clean.py --in ${{inputs.src}} --max ${{inputs.limit}} --out "
           "${{outputs.dst}}\n    code: ./src\n",
           "    command: python clean.py ${{inputs.src}}\n    code: git+https://example.org/x\n#   "
           "      ^ BM112 jobs.clean.code\n"}}}}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Expressions, OneMistake,
    ::testing::ValuesIn(std::vector<Case>{
        {"not_closed",
         {{"    command: python report.py ${{inputs.rows}} ${{outputs.report}}\n",
           "    command: python report.py ${{inputs.rows}} ${{outputs.report\n"
           "#                                              ^ BM201 jobs.report.command\n"}}},
        {"not_closed_in_a_binding",
         {{"      src: ${{parent.inputs.raw}}\n",
           "      src: ${{parent.inputs.raw\n#          ^ BM201 jobs.clean.inputs.src\n"}}},
        {"parent_form_in_a_command",
         {{"    command: python report.py ${{inputs.rows}} ${{outputs.report}}\n",
           "    command: python report.py ${{parent.inputs.raw}} ${{outputs.report}}\n"
           "#                             ^ BM202 jobs.report.command\n"}}},
        {"own_output_as_an_input",
         {{"      src: ${{parent.inputs.raw}}\n",
           "      src: ${{outputs.dst}}\n#          ^ BM202 jobs.clean.inputs.src\n"}}},
        {"data_where_a_literal_is_needed",
         {{"    max_concurrency_per_instance: 2\n",
           "    max_concurrency_per_instance: ${{parent.inputs.raw}}\n"
           "#                                 ^ BM202 jobs.score.max_concurrency_per_instance\n"}}},
        {"expression_in_settings",
         {{"  default_compute: azureml:cpu-cluster\n",
           "  default_compute: ${{parent.inputs.limit}}\n#                  ^ BM202 "
           "settings.default_compute\n"}}},
        {"expression_in_a_pipeline_input",
         {{"  limit: 10\n", "  limit: ${{name}}\n#        ^ BM202 inputs.limit\n"}}},
        {"data_in_the_middle_of_a_text",
         {{"      text: n-${{parent.inputs.limit}}\n",
           "      text: n-${{parent.inputs.raw}}\n#             ^ BM202 "
           "jobs.score.inputs.text\n"}}},
        {"binding_without_parent",
         {{"      src: ${{parent.inputs.raw}}\n",
           "      src: ${{inputs.raw}}\n#          ^ BM203 jobs.clean.inputs.src\n"}}},
        {"step_output_without_parent",
         {{"      data: ${{parent.jobs.clean.outputs.dst}}\n",
           "      data: ${{jobs.clean.outputs.dst}}\n#           ^ BM203 "
           "jobs.score.inputs.data\n"}}},
        {"unknown_pipeline_input",
         {{"      src: ${{parent.inputs.raw}}\n",
           "      src: ${{parent.inputs.rwa}}\n#          ^ BM204 jobs.clean.inputs.src\n"}}},
        {"unknown_pipeline_input_in_a_setting",
         {{"    max_concurrency_per_instance: 2\n",
           "    max_concurrency_per_instance: ${{parent.inputs.workers}}\n"
           "#                                 ^ BM204 jobs.score.max_concurrency_per_instance\n"}}},
        {"unknown_step",
         {{"      data: ${{parent.jobs.clean.outputs.dst}}\n",
           "      data: ${{parent.jobs.claen.outputs.dst}}\n#           ^ BM205 "
           "jobs.score.inputs.data\n"}}},
        {"unknown_output_of_a_step",
         {{"      data: ${{parent.jobs.clean.outputs.dst}}\n",
           "      data: ${{parent.jobs.clean.outputs.dts}}\n#           ^ BM206 "
           "jobs.score.inputs.data\n"}}},
        {"unknown_own_input",
         {{"    command: python report.py ${{inputs.rows}} ${{outputs.report}}\n",
           "    command: python report.py ${{inputs.rwos}} ${{outputs.report}}\n"
           "#                             ^ BM207 jobs.report.command\n"}}},
        {"unknown_own_output_in_arguments",
         {{"      program_arguments: --limit ${{inputs.limit}} --error_threshold 7\n",
           "      program_arguments: --limit ${{outputs.limit}} --error_threshold 7\n"
           "#                                ^ BM207 jobs.score.task.program_arguments\n"}}},
        {"second_of_two_equal_expressions_is_found_by_its_alias",
         {{"    command: python report.py ${{inputs.rows}} ${{outputs.report}}\n",
           "    command: python report.py ${{ inputs.rows.path }} ${{outputs.report}}\n"}}},
        {"required_input_in_brackets",
         {{"    command: python report.py ${{inputs.rows}} ${{outputs.report}}\n",
           "    command: python report.py $[[--rows ${{inputs.rows}}]] ${{outputs.report}}\n"
           "#                                       ^ BM208 jobs.report.command\n"}}},
        {"cycle",
         {{"      src: ${{parent.inputs.raw}}\n",
           "      src: ${{parent.inputs.raw}}\n      last: ${{parent.jobs.report.outputs.report}}\n"
           "#           ^ BM301 jobs.clean\n"}}},
        {"step_that_waits_for_itself",
         {{"      src: ${{parent.inputs.raw}}\n",
           "      src: ${{parent.jobs.clean.outputs.dst}}\n#          ^ BM301 jobs.clean\n"}}},
        {"unknown_pipeline_output",
         {{"      report: ${{parent.outputs.report}}\n",
           "      report: ${{parent.outputs.reprot}}\n#             ^ BM302 "
           "jobs.report.outputs.report\n"}}},
        {"two_writers",
         {{"      dst:\n", "      dst:\n      more: ${{parent.outputs.report}}\n"},
          {"      report: ${{parent.outputs.report}}\n",
           "      report: ${{parent.outputs.report}}\n#             ^ BM303 "
           "jobs.report.outputs.report\n"}}},
        {"input_of_another_step",
         {{"      text: n-${{parent.inputs.limit}}\n",
           "      text: ${{parent.jobs.clean.inputs.src}}\n"}}},
        {"unknown_input_of_another_step",
         {{"      text: n-${{parent.inputs.limit}}\n",
           "      text: ${{parent.jobs.clean.inputs.nope}}\n#           ^ BM207 "
           "jobs.score.inputs.text\n"}}}}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Data, OneMistake,
    ::testing::ValuesIn(std::vector<Case>{
        {"input_without_value",
         {{"      src: ${{parent.inputs.raw}}\n",
           "      src:\n#     ^ BM401 jobs.clean.inputs.src\n"}}},
        {"used_pipeline_input_without_value",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_folder}\n# ^ BM401 inputs.raw\n"}}},
        {"unused_pipeline_input_without_value", {{"  limit: 10\n", "  limit: 10\n  unused:\n"}}},
        {"missing_folder",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_folder, path: ./ni}\n#                               ^ BM402 "
           "inputs.raw.path\n"}}},
        {"missing_code",
         {{"    command: python clean.py --in ${{inputs.src}} --max ${{inputs.limit}} --out "
           "${{outputs.dst}}\n    code: ./src\n",
           "    command: python clean.py ${{inputs.src}}\n    code: ./scr\n#         ^ BM402 "
           "jobs.clean.code\n"}}},
        {"missing_conda_file",
         {{"conda_file: ./conda.yml}\n",
           "conda_file: ./cond.yml}\n#                                                   ^ BM402 "
           "jobs.clean.environment.conda_file\n"}}},
        {"file_for_a_folder",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_folder, path: ./labels.csv}\n#                               ^ BM403 "
           "inputs.raw.path\n"}}},
        {"folder_for_a_file",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_file, path: ./in}\n#                             ^ BM403 "
           "inputs.raw.path\n"}}},
        {"type_restated_wrongly",
         {{"      src: ${{parent.inputs.raw}}\n",
           "      src: {type: uri_file, path: \"${{parent.inputs.raw}}\"}\n#                 ^ "
           "BM403 jobs.clean.inputs.src.type\n"}}},
        {"mode_of_outputs_for_an_input",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_folder, path: ./in, mode: upload}\n#                                 "
           "          ^ BM404 inputs.raw.mode\n"}}},
        {"mode_of_tables_for_a_folder",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_folder, path: ./in, mode: eval_mount}\n#                             "
           "              ^ BM404 inputs.raw.mode\n"}}},
        {"mode_of_inputs_for_an_output",
         {{"  rows: {type: uri_file}\n",
           "  rows: {type: uri_file, mode: ro_mount}\n#                              ^ BM404 "
           "outputs.rows.mode\n"}}},
        {"pattern_in_a_path",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_folder, path: ./in/*.csv}\n#                               ^ BM405 "
           "inputs.raw.path\n"}}},
        {"folder_for_the_file_of_a_step",
         {{"      rows: {type: uri_file, path: \"${{parent.jobs.score.outputs.rows}}\", mode: "
           "download}\n",
           "      rows: {type: uri_folder, path: \"${{parent.jobs.score.outputs.rows}}\"}\n"
           "#                  ^ BM406 jobs.report.inputs.rows.type\n"}}},
        {"output_that_cannot_be_written",
         {{"  rows: {type: uri_file}\n",
           "  rows: {type: uri_file, path: /locked/rows.csv}\n#                              ^ "
           "BM409 outputs.rows.path\n"}}},
        {"unknown_form_of_path",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_folder, path: azureml://datastore/x/paths/y}\n#                      "
           "         ^ BM410 inputs.raw.path\n"}}},
        {"unknown_scheme",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_folder, path: dbfs://x/y}\n#                               ^ BM410 "
           "inputs.raw.path\n"}}},
        {"unknown_datastore",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_folder, path: azureml://datastores/archiv/paths/y}\n"
           "#                                                    ^ BM411 inputs.raw.path\n"}}},
        {"unknown_default_datastore",
         {{"  continue_on_step_failure: false\n",
           "  default_datastore: azureml:archiv\n#                    ^ BM411 "
           "settings.default_datastore\n"}}},
        {"path_on_a_datastore",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_folder, path: "
           "azureml://datastores/workspaceblobstore/paths/day}\n"}}},
        {"missing_path_on_a_datastore",
         {{"  raw: {type: uri_folder, path: ./in}\n",
           "  raw: {type: uri_folder, path: azureml://datastores/workspaceblobstore/paths/dy}\n"
           "#                               ^ BM402 inputs.raw.path\n"}}},
        {"text_for_an_output",
         {{"      dst:\n", "      dst: ./out\n#          ^ BM108 jobs.clean.outputs.dst\n"}}},
        {"output_bound_to_an_input",
         {{"      dst:\n",
           "      dst: ${{parent.inputs.raw}}\n#          ^ BM202 jobs.clean.outputs.dst\n"}}},
        {"step_expression_in_an_output_path",
         {{"  rows: {type: uri_file}\n",
           "  rows: {type: uri_file, path: \"./x/${{inputs.a}}\"}\n#                               "
           "    ^ BM202 outputs.rows.path\n"}}},
        {"folder_without_mltable",
         {{"  table: {type: mltable, path: ./table}\n",
           "  table: {type: mltable, path: ./almost}\n#                              ^ BM601 "
           "inputs.table.path\n"}}},
        {"image_and_build",
         {{"    environment: {image: \"python:3.11\", conda_file: ./conda.yml}\n",
           "    environment: {image: \"python:3.11\", build: {path: ./docker}}\n#   ^ BM801 "
           "jobs.clean.environment\n"}}}}),
    case_name);

const char kTableStep[] =
    "      data: {type: mltable, path: \"${{parent.inputs.table}}\", mode: direct}\n";

INSTANTIATE_TEST_SUITE_P(
    Parallel, OneMistake,
    ::testing::ValuesIn(std::vector<Case>{
        {"input_data_without_expression",
         {{"    input_data: ${{inputs.data}}\n",
           "    input_data: data\n#               ^ BM501 jobs.score.input_data\n"}}},
        {"input_data_with_an_output",
         {{"    input_data: ${{inputs.data}}\n",
           "    input_data: ${{outputs.rows}}\n#               ^ BM501 jobs.score.input_data\n"}}},
        {"input_data_unknown",
         {{"    input_data: ${{inputs.data}}\n",
           "    input_data: ${{inputs.dat}}\n#               ^ BM207 jobs.score.input_data\n"}}},
        {"input_data_is_a_literal",
         {{"    input_data: ${{inputs.data}}\n",
           "    input_data: ${{inputs.limit}}\n#               ^ BM502 jobs.score.input_data\n"}}},
        {"no_size",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: ten\n#                    ^ BM503 jobs.score.mini_batch_size\n"}}},
        {"zero_size",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: 0\n#                    ^ BM503 jobs.score.mini_batch_size\n"}}},
        {"unit_for_files",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: 10 kb\n#                    ^ BM504 "
           "jobs.score.mini_batch_size\n"}}},
        {"unit_for_a_table",
         {{"    mini_batch_size: \"5\"\n", "    mini_batch_size: 10 kb\n"},
          {"      data: ${{parent.jobs.clean.outputs.dst}}\n", kTableStep}}},
        {"table_without_direct",
         {{"      data: ${{parent.jobs.clean.outputs.dst}}\n",
           "      data: ${{parent.inputs.table}}\n#     ^ BM404 jobs.score.inputs.data.mode\n"}}},
        {"table_with_a_wrong_mode",
         {{"      data: ${{parent.jobs.clean.outputs.dst}}\n",
           "      data: {path: \"${{parent.inputs.table}}\", mode: eval_mount}\n"
           "#                                                    ^ BM404 "
           "jobs.score.inputs.data.mode\n"}}},
        {"listing_with_direct",
         {{"  table: {type: mltable, path: ./table}\n",
           "  table: {type: mltable, path: ./listing}\n"},
          {"      data: ${{parent.jobs.clean.outputs.dst}}\n",
           "      data: {path: \"${{parent.inputs.table}}\", mode: direct}\n"
           "#                                                    ^ BM404 "
           "jobs.score.inputs.data.mode\n"}}},
        {"listing_with_eval_mount",
         {{"  table: {type: mltable, path: ./table}\n",
           "  table: {type: mltable, path: ./listing}\n"},
          {"      data: ${{parent.jobs.clean.outputs.dst}}\n",
           "      data: {path: \"${{parent.inputs.table}}\", mode: eval_mount}\n"}}},
        {"folder_with_direct",
         {{"      data: ${{parent.jobs.clean.outputs.dst}}\n",
           "      data: {path: \"${{parent.jobs.clean.outputs.dst}}\", mode: direct}\n"
           "#                                                              ^ BM404 "
           "jobs.score.inputs.data.mode\n"}}},
        {"one_file_is_a_list_of_one",
         {{"      data: ${{parent.jobs.clean.outputs.dst}}\n",
           "      data: {type: uri_file, path: ./labels.csv}\n"}}},
        {"model_cannot_be_split",
         {{"      data: ${{parent.jobs.clean.outputs.dst}}\n",
           "      data: {type: mlflow_model, path: ./in}\n#                  ^ BM109 "
           "jobs.score.inputs.data.type\n"}}},
        {"evaluated_side_input",
         {{"      text: n-${{parent.inputs.limit}}\n",
           "      text: {path: \"${{parent.inputs.table}}\", mode: eval_mount}\n"
           "#                                                    ^ BM112 "
           "jobs.score.inputs.text.mode\n"}}},
        {"append_row_to_without_expression",
         {{"      append_row_to: ${{outputs.rows}}\n",
           "      append_row_to: rows.csv\n#                    ^ BM508 "
           "jobs.score.task.append_row_to\n"}}},
        {"no_script",
         {{"      entry_script: score.py\n",
           "      entry_script: scroe.py\n#                   ^ BM509 "
           "jobs.score.task.entry_script\n"}}},
        {"script_outside_of_code",
         {{"      entry_script: score.py\n",
           "      entry_script: ../src/score.py\n#                   ^ BM509 "
           "jobs.score.task.entry_script\n"},
          {"      type: run_function\n      code: ./src\n",
           "      type: run_function\n      code: ./in\n"}}},
        {"script_in_a_folder",
         {{"      entry_script: score.py\n", "      entry_script: package/main.py\n"}}},
        {"script_as_a_module",
         {{"      entry_script: score.py\n", "      entry_script: package.main\n"}}},
        {"code_is_the_script",
         {{"      type: run_function\n      code: ./src\n",
           "      type: run_function\n      code: ./src/score.py\n"}}},
        {"file_name_with_a_slash",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    append_row_file_name: a/b.txt\n"
           "#                         ^ BM407 jobs.score.append_row_file_name\n"}}}}),
    case_name);

const char kArguments[] =
    "      program_arguments: --limit ${{inputs.limit}} --error_threshold 7\n";
const char kArgumentsPath[] = "jobs.score.task.program_arguments";

Case arguments(const std::string& name, const std::string& text,
               const std::vector<std::pair<int, int>>& codes_and_offsets) {
  std::string to = "      program_arguments: " + text + "\n";
  for (const auto& [code, offset] : codes_and_offsets) {
    const auto column =
        std::string("      program_arguments: ").size() + 1 + static_cast<std::size_t>(offset);
    std::string digits = std::to_string(code);
    digits.insert(0, 3 - digits.size(), '0');
    to += "#@" + std::to_string(column) + " BM" + digits + " " + kArgumentsPath + "\n";
  }
  return {name, {{kArguments, to}}};
}

INSTANTIATE_TEST_SUITE_P(
    Arguments, OneMistake,
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
        arguments("without_effect", "--copy_logs_to_parent True", {{3, 0}}),
        arguments("profiler", "--profiling_module cprofil", {{3, 0}, {109, 0}}),
        arguments("shortened", "--resource_monitor_interva 10", {{3, 0}, {4, 0}}),
        arguments("too_short_to_be_meant", "--resource_monitor 10", {}),
        arguments("misspelt", "--eror_threshold 3", {{5, 0}}),
        arguments("hyphens", "--error-threshold 3", {{5, 0}}),
        arguments("alters_rows", "--amlbi_file_format jsonl", {{112, 0}}),
        arguments("asynchronous", "--amlbi_async_mode true", {{112, 0}}),
        arguments("not_asynchronous", "--amlbi_async_mode false", {}),
        arguments("ranks", "--rank_mini_batch_count 4", {{112, 0}}),
        arguments("no_ranks", "--rank_mini_batch_count 0", {}),
        arguments("resume", "--resume_from digits_1", {{112, 0}}),
        arguments("agreeing_action", "--output_action append_row", {}),
        arguments("other_action", "--output_action summary_only", {{112, 0}}),
        arguments("clamped", "--first_task_creation_timeout 518400", {{505, 0}}),
        arguments("of_the_script", "--output x --model ${{inputs.text}} -v", {})}),
    case_name);

}  // namespace
}  // namespace batchmill::pipeline
