#include "pipeline/one_mistake_rig.h"

namespace batchmill::pipeline {
namespace {

class ParallelMistake : public OneMistake {};

TEST_P(ParallelMistake, IsReportedAtItsPlaceAndAlone) { expect_it_at_its_place_and_alone(); }

const char kTableStep[] =
    "      data: {type: mltable, path: \"${{parent.inputs.table}}\", mode: direct}\n";

INSTANTIATE_TEST_SUITE_P(
    Check, ParallelMistake,
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
        {"engine_files_without_expression",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    output_data: logs\n#                ^ BM508 "
           "jobs.score.output_data\n"}}},
        {"engine_files_have_an_output",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    output_data: ${{outputs.rows}}\n"}}},
        {"rows_without_a_target",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    output_action: append_row\n"
           "#                  ^ BM107 jobs.score.output_action\n"},
          {"      append_row_to: ${{outputs.rows}}\n", ""}}},
        {"target_without_rows",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    output_action: summary_only\n"
           "#                  ^ BM512 jobs.score.output_action\n"}}},
        {"no_input_to_split",
         {{"  score:\n    type: parallel\n",
           "  score:\n# ^ BM107 jobs.score.input_data\n"
           "    type: parallel\n"},
          {"    input_data: ${{inputs.data}}\n", ""}}},
        {"ranks_need_no_input",
         {{"    input_data: ${{inputs.data}}\n", "    rank_mini_batch_count: 3\n"},
          {"    mini_batch_size: \"5\"\n", ""}}},
        {"ranks_have_no_size",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n"
           "#                    ^ BM506 jobs.score.mini_batch_size\n"
           "    rank_mini_batch_count: 3\n"}}},
        {"json_lines_are_counted_by_rows",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n"
           "#                    ^ BM506 jobs.score.mini_batch_size\n"
           "    file_format: jsonl\n"}}},
        {"json_lines_have_no_header",
         {{"    mini_batch_size: \"5\"\n",
           "    append_row_format: jsonl\n    append_row_dataframe_header: true\n"
           "#                                ^ BM506 jobs.score.append_row_dataframe_header\n"}}},
        {"a_file_has_its_name",
         {{"    mini_batch_size: \"5\"\n",
           "    append_row_file_name: rows.txt\n"
           "#                         ^ BM506 jobs.score.append_row_file_name\n"}}},
        {"format_of_no_rows",
         {{"    mini_batch_size: \"5\"\n",
           "    append_row_format: csv\n"
           "#                      ^ BM506 jobs.score.append_row_format\n"},
          {"      append_row_to: ${{outputs.rows}}\n", ""}}},
        {"no_ranks_need_an_input",
         {{"  score:\n    type: parallel\n",
           "  score:\n# ^ BM107 jobs.score.input_data\n"
           "    type: parallel\n"},
          {"    input_data: ${{inputs.data}}\n", "    rank_mini_batch_count: 0\n"}}},
        {"rows_of_a_table",
         {{"    mini_batch_size: \"5\"\n", "    file_format: jsonl\n"},
          {"      data: ${{parent.jobs.clean.outputs.dst}}\n",
           "      data: {type: mltable, path: \"${{parent.inputs.table}}\", mode: direct}\n"
           "#                  ^ BM109 jobs.score.inputs.data.type\n"}}},
        {"two_names_of_a_threshold",
         {{"    mini_batch_error_threshold: 1\n",
           "    allowed_failed_count: 2\n    mini_batch_error_threshold: 1\n"
           "#                               ^ BM512 jobs.score.mini_batch_error_threshold\n"}}},
        {"two_names_that_agree",
         {{"    mini_batch_error_threshold: 1\n",
           "    allowed_failed_count: 1\n    mini_batch_error_threshold: 1\n"}}},
        {"file_name_with_a_slash",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    append_row_file_name: a/b.txt\n"
           "#                         ^ BM407 jobs.score.append_row_file_name\n"}}}}),
    case_name);

}  // namespace
}  // namespace batchmill::pipeline
