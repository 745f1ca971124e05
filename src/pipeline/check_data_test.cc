#include "pipeline/one_mistake_rig.h"

namespace batchmill::pipeline {
namespace {

class DataMistake : public OneMistake {};

TEST_P(DataMistake, IsReportedAtItsPlaceAndAlone) { expect_it_at_its_place_and_alone(); }

INSTANTIATE_TEST_SUITE_P(
    Check, DataMistake,
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

}  // namespace
}  // namespace batchmill::pipeline
