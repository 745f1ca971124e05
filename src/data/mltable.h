#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/sources.h"
#include "data/table_format.h"
#include "model/diagnostic.h"
#include "ports/bulk_files.h"
#include "ports/files.h"

// The file named MLTable in a folder (mltable-and-data.md 2). This version reads `paths` and
// `read_delimited`; every other step and option of the format is known and refused by its name
// (BM112), because leaving it out would change the rows.
namespace batchmill::data {

struct MltableSpec {
  std::vector<Source> sources;  // each with at least one file
  bool is_table = false;        // has a read step; else it lists files
  TableFormat format;           // meaningful for tables
};

struct MltableCheck {
  // Present exactly if no diagnostic is an error.
  std::optional<MltableSpec> spec;
  // Known even where something else is wrong: whether there is a read step. Absent where a step is
  // misspelt, so that nothing follows from its not being one.
  std::optional<bool> is_table;
  std::vector<Diagnostic> diagnostics;  // everything that is wrong, by place
};

// Reads and checks the MLTable file of an absolute folder, and that its paths exist. `shown` is how
// diagnostics name the file; empty: "<folder>/MLTable".
MltableCheck check_mltable(const Files& files, const BulkFiles& bulk, const std::string& folder,
                           const std::string& shown = "");

}  // namespace batchmill::data
