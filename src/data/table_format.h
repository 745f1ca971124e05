#pragma once

#include <cstdint>
#include <optional>

#include "model/table.h"

namespace batchmill::data {

// What read_delimited says about an input (mltable-and-data.md 2.4). UTF-8; a byte order mark at
// the beginning of a file is skipped.
struct TableFormat {
  char delimiter = ',';
  HeaderRule header = HeaderRule::kAllFilesSameHeaders;
  bool empty_as_string = false;
  bool infer_column_types = true;            // false: every column is text
  std::optional<std::uint64_t> sample_size;  // rows to infer from; absent: all up to 64 MB
};

}  // namespace batchmill::data
