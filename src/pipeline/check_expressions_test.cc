#include "pipeline/one_mistake_rig.h"

namespace batchmill::pipeline {
namespace {

class ExpressionMistake : public OneMistake {};

TEST_P(ExpressionMistake, IsReportedAtItsPlaceAndAlone) { expect_it_at_its_place_and_alone(); }

INSTANTIATE_TEST_SUITE_P(
    Check, ExpressionMistake,
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

}  // namespace
}  // namespace batchmill::pipeline
