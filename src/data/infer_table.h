#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "data/sources.h"
#include "data/table_format.h"
#include "model/table.h"
#include "ports/bulk_files.h"

namespace batchmill::data {

struct InferredTable {
  TableSchema schema;
  std::vector<std::string> warnings;
};

// Names and types the columns of a table, once for the whole input (mltable-and-data.md 2.6): from
// `sample_size` rows in plan order when that is given, else from all rows up to 64 MB. Rows with
// more fields than columns are left to the mini-batch that reads them. An input without any line
// has no columns.
Result<InferredTable> infer_table(const BulkFiles& bulk, const std::vector<Source>& sources,
                                  const TableFormat& format);

}  // namespace batchmill::data
