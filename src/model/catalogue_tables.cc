#include "model/catalogue_parts.h"

namespace batchmill {
namespace {

constexpr CatalogueEntry kEntries[] = {
    {601, Level::kError, "no MLTable", "{folder} holds no file named MLTable",
     "rename '{name}' to 'MLTable'",
     "An mltable input is a folder with a file of exactly this name, without an ending.",
     "taxi/mltable.yml", "taxi/MLTable"},
    {602, Level::kError, "entry", "a paths entry needs one of file, folder, pattern",
     "found: {keys}", "Each entry of paths names a file, a folder, or a pattern of files.",
     "paths:\n  - path: ./a.csv", "paths:\n  - file: ./a.csv"},
    {603, Level::kError, "no match", "'{pattern}' matches nothing below {folder}",
     "{count} files there, e.g. {names}",
     "Patterns are relative to the folder of the MLTable file; '**' crosses folders.",
     "paths:\n  - pattern: ./*.cvs", "paths:\n  - pattern: ./*.csv"},
    {604, Level::kError, "step", "'{t}' is no transformation", "{near}",
     "transformations is a list of known steps, each with its options.",
     "transformations:\n  - read_delimted:\n      delimiter: ','",
     "transformations:\n  - read_delimited:\n      delimiter: ','"},
    {605, Level::kError, "option", "'{o}' is no option of {step}", "{near}",
     "The transformation does not know this option.", "- read_delimited:\n    delimeter: ','",
     "- read_delimited:\n    delimiter: ','"},
    {606, Level::kError, "column", "the table has no column '{c}'", "<{near}; >columns: {columns}",
     "Names of columns are matched exactly.", "- keep_columns: [fair]", "- keep_columns: [fare]"},
    {607, Level::kError, "filter", "filter, column {c}: {reason}", "allowed: {allowed}",
     "A filter compares a column with constants.", "- filter: 'col(\"fare\") ~ 3'",
     "- filter: 'col(\"fare\") > 3'"},
    {608, Level::kWarning, "glob", "'file:' with '*' is taken as 'pattern:'",
     "write 'pattern: {glob}'", "A star in 'file:' is read as a pattern, as the original does.",
     "- file: ./*.csv", "- pattern: ./*.csv"},
};

}  // namespace

std::span<const CatalogueEntry> table_entries() { return kEntries; }

}  // namespace batchmill
