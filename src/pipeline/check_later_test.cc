#include "pipeline/one_mistake_rig.h"

namespace batchmill::pipeline {
namespace {

class LaterFeature : public OneMistake {};

TEST_P(LaterFeature, IsReportedAtItsPlaceAndAlone) { expect_it_at_its_place_and_alone(); }

INSTANTIATE_TEST_SUITE_P(
    Check, LaterFeature,
    ::testing::ValuesIn(std::vector<Case>{
        {"outputs_of_a_component_are_not_known",
         {{"  clean:\n    command: python clean.py --in ${{inputs.src}} --max ${{inputs.limit}} "
           "--out ${{outputs.dst}}\n",
           "  clean:\n    component: azureml:clean:1\n#              ^ BM112 "
           "jobs.clean.component\n"},
          {"    outputs:\n      dst:\n", ""}}},
        {"component_of_a_registry",
         {{"    command: python report.py ${{inputs.rows}} ${{outputs.report}}\n",
           "    component: azureml://registries/r/components/c/versions/1\n#              ^ BM112 "
           "jobs.report.component\n"}}},
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
        {"several_nodes_are_noticed",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    resources: {instance_count: 4}\n"
           "#                               ^ BM007 jobs.score.resources.instance_count\n"}}},
        {"minus_one_nodes_are_not_given",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    resources: {instance_count: -1}\n"}}},
        {"rows_in_parquet",
         {{"    mini_batch_size: \"5\"\n",
           "    mini_batch_size: \"5\"\n    append_row_format: Parquet\n"
           "#                      ^ BM112 jobs.score.append_row_format\n"}}},
        {"code_from_git",
         {{"    command: python clean.py --in ${{inputs.src}} --max ${{inputs.limit}} --out "
           "${{outputs.dst}}\n    code: ./src\n",
           "    command: python clean.py ${{inputs.src}}\n    code: git+https://example.org/x\n#   "
           "      ^ BM112 jobs.clean.code\n"}}}}),
    case_name);

}  // namespace
}  // namespace batchmill::pipeline
