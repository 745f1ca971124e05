#include "model/catalogue_parts.h"

namespace batchmill {
namespace {

constexpr CatalogueEntry kEntries[] = {
    {501, Level::kError, "input_data", "input_data must be one '${{inputs.{x}}}'", "{near}",
     "input_data names the input that is split into mini-batches: one input of the step itself.",
     "input_data: images", "input_data: ${{inputs.images}}"},
    {502, Level::kError, "literal", "input '{x}' is a literal, it cannot be split",
     "bind a folder or mltable", "Only data can be split into mini-batches.",
     "input_data: ${{inputs.limit}}\ninputs:\n  limit: 10",
     "input_data: ${{inputs.images}}\ninputs:\n  images: ${{parent.inputs.images}}"},
    {503, Level::kError, "size", "'{v}' is no mini-batch size",
     "'10' (files), '10kb', '1mb' (tables)",
     "A number of files, or a size with kb, mb or gb for tables.", "mini_batch_size: ten",
     "mini_batch_size: \"10\""},
    {504, Level::kError, "unit", "'{v}' has a unit, but '{x}' is split by files", "write a number",
     "A folder or file input is split by the number of files; only tables are split by size.",
     "mini_batch_size: 10kb", "mini_batch_size: \"10\""},
    {505, Level::kError, "range", "'{k}' is {v}; allowed: {min} to {max}", "write '{k}: {default}'",
     "The number is outside what the setting takes. For thresholds -1 means: never give up.",
     "error_threshold: -2", "error_threshold: -1"},
    {506, Level::kWarning, "useless", "'{k}' has no effect {why}", "remove it",
     "The setting takes part only together with another one, or only without it: mini_batch_rows "
     "counts where the files hold JSON lines, mini_batch_size everywhere else. A notice where "
     "published components have both.",
     "mini_batch_rows: 50", "file_format: jsonl\nmini_batch_rows: 50"},
    {507, Level::kError, "key", "'{k}' is no partition key of '{x}'", "keys: {keys}",
     "The table has other partition keys.", "partition_keys: [stroe]", "partition_keys: [store]"},
    {508, Level::kError, "output", "'{k}' must be one '${{outputs.{o}}}'", "{near}",
     "append_row_to names the output of the step that takes the returned rows, output_data the one "
     "whose folder scripts know as EntryScript().output_dir.",
     "append_row_to: scores.csv", "append_row_to: ${{outputs.scores}}"},
    {509, Level::kError, "script", "no '{script}' in {folder}", "it holds: {names}",
     "entry_script is relative to the code folder of the task.", "entry_script: scroe.py",
     "entry_script: score.py"},
    {510, Level::kError, "syntax", "{script}:{line}:{column}: SyntaxError: {reason}",
     "correct the script", "The entry script is no valid Python, so no worker could load it.",
     "def run(mini_batch)\n    return mini_batch", "def run(mini_batch):\n    return mini_batch"},
    {511, Level::kError, "quote", "the quote opened at {c} is not closed", "close it",
     "program_arguments is split like a command line of a shell.", "program_arguments: --name 'a b",
     "program_arguments: --name 'a b'"},
    {512, Level::kWarning, "both", "'{argument} {v}' wins over '{k}: {w}'", "keep one",
     "A setting is given as a key and as a program argument with different values.",
     "error_threshold: 5\ntask:\n  program_arguments: --error_threshold 10", "error_threshold: 10"},
};

}  // namespace

std::span<const CatalogueEntry> parallel_entries() { return kEntries; }

}  // namespace batchmill
