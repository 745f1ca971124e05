#include "pipeline/one_mistake_rig.h"

namespace batchmill::pipeline {
namespace {

class KeyMistake : public OneMistake {};

TEST_P(KeyMistake, IsReportedAtItsPlaceAndAlone) { expect_it_at_its_place_and_alone(); }

INSTANTIATE_TEST_SUITE_P(
    Check, KeyMistake,
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

class ValueMistake : public OneMistake {};

TEST_P(ValueMistake, IsReportedAtItsPlaceAndAlone) { expect_it_at_its_place_and_alone(); }

INSTANTIATE_TEST_SUITE_P(
    Check, ValueMistake,
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

}  // namespace
}  // namespace batchmill::pipeline
