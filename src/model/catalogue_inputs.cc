#include "model/catalogue_parts.h"

namespace batchmill {
namespace {

constexpr CatalogueEntry kEntries[] = {
    {401, Level::kError, "no value", "input '{x}' of step '{s}' has no value",
     "add 'inputs.{x}', or a default", "A required input needs a literal, a path or a binding.",
     "inputs:\n  data:", "inputs:\n  data: ${{parent.inputs.data}}"},
    {402, Level::kError, "no path", "no such {kind}: {path}", "{parent} holds: {names}",
     "Relative paths start at the folder of the file that holds them, not at the working folder.",
     "path: ./imagse", "path: ./images"},
    {403, Level::kError, "file, folder", "'{x}' is {type}, but {path} is a {kind}",
     "write 'type: {other}'",
     "uri_file takes a file; uri_folder, mltable and models take a folder.",
     "type: uri_file\npath: ./images", "type: uri_folder\npath: ./images"},
    {404, Level::kError, "mode", "mode '{m}' is not possible for {type}", "one of: {modes}",
     "Which modes there are depends on the type, the direction and the kind of the step.",
     "outputs:\n  scores: {type: uri_file, mode: ro_mount}",
     "outputs:\n  scores: {type: uri_file, mode: rw_mount}"},
    {405, Level::kError, "glob", "'*' is not expanded in a {type} path",
     "mltable with 'pattern: {glob}'", "Patterns belong in an MLTable file.",
     "type: uri_folder\npath: ./in/*.csv", "# MLTable\npaths:\n  - pattern: ./in/*.csv"},
    {406, Level::kError, "types", "'{s}.outputs.{o}' is {t1}, input '{x}' takes {t2}",
     "write 'type: {t1}'", "A file cannot stand for a folder, nor a folder for a file.",
     "inputs:\n  scores: {type: uri_folder, path: \"${{parent.jobs.score.outputs.rows}}\"}",
     "inputs:\n  scores: {type: uri_file, path: \"${{parent.jobs.score.outputs.rows}}\"}"},
    {407, Level::kError, "literal", "'{v}' is not {type}", "e.g. '{example}'",
     "The text cannot be read as the type that is needed.", "--set settings.force_rerun=perhaps",
     "--set settings.force_rerun=true"},
    {408, Level::kError, "min, max", "{v} is outside {min} to {max}", "write e.g. {example}",
     "The number lies outside the range that is declared for the input.", "epochs: 0   # min: 1",
     "epochs: 1"},
    {409, Level::kError, "unwritable", "cannot write to {path}: {reason}", "choose another path",
     "The output could not be put there when the job ends.", "path: /proc/scores",
     "path: ./scores"},
    {410, Level::kError, "URI", "'{uri}' is no known form of path", "forms: {forms}",
     "Paths are local, or URIs of certain forms.", "path: azureml://datastore/d/x",
     "path: azureml://datastores/d/paths/x"},
    {411, Level::kError, "datastore", "there is no datastore '{d}'", "{near}",
     "A datastore is a named place of the workspace. Without any set up there is one, "
     "workspaceblobstore, a folder of the workspace.",
     "path: azureml://datastores/blob/paths/x",
     "path: azureml://datastores/workspaceblobstore/paths/x"},
};

}  // namespace

std::span<const CatalogueEntry> input_entries() { return kEntries; }

}  // namespace batchmill
