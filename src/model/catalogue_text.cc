#include "model/catalogue_parts.h"

namespace batchmill {
namespace {

constexpr CatalogueEntry kEntries[] = {
    {101, Level::kError, "unreadable", "cannot read '{file}': {reason}",
     "relative paths start at {dir}",
     "The file does not exist, is no regular file, or may not be read.",
     "batchmill job create -f pipelin.yml", "batchmill job create -f pipeline.yml"},
    {102, Level::kError, "syntax", "not valid YAML: {problem}", "{context}<, begun at line {line}>",
     "The text is not YAML, so nothing else in it could be checked. The cause often stands a "
     "little "
     "before the place shown: a quote that is not closed, a tab, a wrong indentation.",
     "command: \"python train.py\ncode: ./src", "command: \"python train.py\"\ncode: ./src"},
    {103, Level::kError, "key twice", "key '{k}' appears twice",
     "remove one; the first is at line {line}",
     "YAML allows a key once per mapping. Other readers silently take the last.",
     "code: ./a\ncode: ./b", "code: ./b"},
    {104, Level::kError, "2nd document", "a second YAML document begins here",
     "remove '---' and the rest", "A file holds one job.", "type: pipeline\n---\ntype: pipeline",
     "type: pipeline"},
    {105, Level::kError, "unknown key", "unknown key '{k}' in {kind}", "{near}",
     "The key means nothing there, so it would have no effect. Keys that begin with 'x-' are free, "
     "and so are the names in tags, properties and environment_variables.",
     "mini_batch_sise: 5", "mini_batch_size: 5"},
    {106, Level::kError, "wrong level", "'{k}' does not belong in {kind}", "move it to '{target}'",
     "The key is known, but at another level of the file.",
     "score:\n  type: parallel\n  entry_script: score.py",
     "score:\n  type: parallel\n  task:\n    entry_script: score.py"},
    {107, Level::kError, "missing key", "{kind} lacks '{k}'", "add '{k}: {example}'",
     "Without this key the job cannot run.", "train:\n  code: ./src",
     "train:\n  code: ./src\n  command: python train.py"},
    {108, Level::kError, "type", "'{k}' must be {type}, not {actual}", "write '{k}: {example}'",
     "The value has another type than the key takes.", "max_concurrency_per_instance: many",
     "max_concurrency_per_instance: 2"},
    {109, Level::kError, "enum", "'{v}' is not a value of '{k}'", "{near}",
     "The key takes one of a few words.", "logging_level: VERBOSE", "logging_level: DEBUG"},
    {110, Level::kWarning, "YAML 1.1", "'{text}' is read as {type}",
     "to keep the text write \"{text}\"",
     "By the rules of YAML 1.1 a plain yes, no, on, off, 012, 1:30 or 2024-01-31 is no text. Where "
     "a text is expected, quotes keep it.",
     "tags:\n  release: 1.10", "tags:\n  release: \"1.10\""},
    {111, Level::kError, "foreign kind", "{kind} '{v}' is not supported", "{alternative}",
     "The file is valid for Azure Machine Learning but uses a kind of step or task that Batchmill "
     "does not run.",
     "tune:\n  type: sweep", "tune:\n  type: command"},
    {112, Level::kError, "later feature", "'{k}' is not available in this version", "{workaround}",
     "The key is planned. It is refused, not ignored, because it would change what the job does.",
     "partition_keys: [store]", "mini_batch_size: \"10\""},
    {113, Level::kError, "--set path", "'{path}' goes through the reference '{reference}'",
     "set '{prefix}' as a whole", "Below a text there are no keys to set.",
     "--set jobs.train.environment.image=python:3.11",
     "--set jobs.train.environment=azureml:mine:2"},
    {114, Level::kWarning, "settings", "unknown key '{k}' in settings has no effect", "{near}",
     "Unknown settings are accepted, as the original does, but change nothing.",
     "settings:\n  default_datestore: azureml:d", "settings:\n  default_datastore: azureml:d"},
    {115, Level::kError, "name", "'{name}' cannot be the name of {what}",
     "letters, digits and '_'; no digit first",
     "Names stand in expressions and in names of environment variables, so they are plain words.",
     "inputs:\n  raw data: ./in", "inputs:\n  raw_data: ./in"},
    {116, Level::kWarning, "old name", "'{name}' is no longer a name of {what} for the original",
     "use lower-case letters, digits and '_'",
     "Older files have names with hyphens and capital letters. They work here, but not on Azure.",
     "jobs:\n  train-job: {...}", "jobs:\n  train_job: {...}"},
};

}  // namespace

std::span<const CatalogueEntry> text_entries() { return kEntries; }

}  // namespace batchmill
