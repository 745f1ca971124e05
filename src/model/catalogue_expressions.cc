#include "model/catalogue_parts.h"

namespace batchmill {
namespace {

constexpr CatalogueEntry kEntries[] = {
    {201, Level::kError, "not closed", "'${{' is not closed", "add '}}'",
     "An expression begins with '${{' and ends with '}}' on the same line.",
     "command: python train.py ${{inputs.data", "command: python train.py ${{inputs.data}}"},
    {202, Level::kError, "form", "'{e}' cannot be used in '{k}'", "allowed here: {forms}",
     "Each place takes certain expressions: the inputs and outputs of a step bind to the parent, "
     "its command and program_arguments to its own inputs and outputs.",
     "command: python train.py ${{parent.inputs.data}}",
     "command: python train.py ${{inputs.data}}"},
    {203, Level::kError, "old binding", "'{e}' does not bind a step input",
     "write '${{parent.inputs.{x}}}'",
     "The inputs of a step are bound in the context of its parent; the form without 'parent.' is "
     "from older versions of the file format.",
     "inputs:\n  data: ${{inputs.data}}", "inputs:\n  data: ${{parent.inputs.data}}"},
    {204, Level::kError, "input", "the pipeline has no input '{x}'",
     "<{near}, or >declare it under inputs",
     "The expression names an input that stands nowhere under the inputs of the pipeline.",
     "inputs:\n  data: ${{parent.inputs.dta}}", "inputs:\n  data: ${{parent.inputs.data}}"},
    {205, Level::kError, "step", "there is no step '{s}'", "{near}",
     "The expression names a step that stands nowhere under jobs.",
     "model: ${{parent.jobs.trian.outputs.model}}", "model: ${{parent.jobs.train.outputs.model}}"},
    {206, Level::kError, "step output", "step '{s}' has no output '{o}'", "{near}",
     "The step exists but declares no such output.", "model: ${{parent.jobs.train.outputs.modle}}",
     "model: ${{parent.jobs.train.outputs.model}}"},
    {207, Level::kError, "own name", "'{e}' names no {direction} of step '{s}'",
     "<{near}, or >declare it", "A command may use only the inputs and outputs of its own step.",
     "command: python train.py ${{inputs.dta}}\ninputs:\n  data: ./in",
     "command: python train.py ${{inputs.data}}\ninputs:\n  data: ./in"},
    {208, Level::kError, "$[[ ]]", "required input '{x}' stands in '$[[ ]]'", "remove the brackets",
     "'$[[ ]]' drops its content when an optional input has no value; a required input always has "
     "one.",
     "command: python train.py $[[--data ${{inputs.data}}]]",
     "command: python train.py --data ${{inputs.data}}"},
    {209, Level::kError, "optional", "optional input '{x}' may have no value here",
     "write '$[[--{x} ${{inputs.{x}}}]]'",
     "Outside of '$[[ ]]' an input must always have a value: it is required, or has a default.",
     "command: python train.py --seed ${{inputs.seed}}",
     "command: python train.py $[[--seed ${{inputs.seed}}]]"},
    {301, Level::kError, "cycle", "steps wait for each other: {cycle}", "remove one binding",
     "Each of these steps takes an output of the next, so none could ever start.",
     "a:\n  inputs: {x: \"${{parent.jobs.b.outputs.y}}\"}\nb:\n  inputs: {x: "
     "\"${{parent.jobs.a.outputs.y}}\"}",
     "a:\n  inputs: {}\nb:\n  inputs: {x: \"${{parent.jobs.a.outputs.y}}\"}"},
    {302, Level::kError, "output", "the pipeline has no output '{z}'",
     "<{near}, or >declare it under outputs",
     "The expression names an output that stands nowhere under the outputs of the pipeline.",
     "outputs:\n  scores: ${{parent.outputs.scroes}}",
     "outputs:\n  scores: ${{parent.outputs.scores}}"},
    {303, Level::kError, "two writers", "'{a}' and '{b}' both write output '{z}'",
     "give each its own", "Two steps that write into one place would overwrite each other.",
     "a:\n  outputs: {o: \"${{parent.outputs.z}}\"}\nb:\n  outputs: {o: \"${{parent.outputs.z}}\"}",
     "a:\n  outputs: {o: \"${{parent.outputs.z}}\"}\nb:\n  outputs: {o: "
     "\"${{parent.outputs.y}}\"}"},
};

}  // namespace

std::span<const CatalogueEntry> expression_entries() { return kEntries; }

}  // namespace batchmill
