#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "data/line_file.h"
#include "model/table.h"

namespace batchmill::data {

// Where the data of one file of a table begins.
struct DataBegin {
  bool has_header = false;
  std::string header;              // the header line, without its line break
  std::uint64_t blocks_begin = 0;  // blocks are counted from here: behind the header line
  std::uint64_t first_record = 0;  // first line that is not blank; the file's size when none is
  std::uint64_t first_line = 0;    // its number, from 1
};

// Applies the header rule to the files of a table, given in order (mltable-and-data.md 2.4). The
// header is the first line that is not blank; a file without one has no header and no data, and the
// first that has one is "the first file".
class HeaderPlaces {
 public:
  explicit HeaderPlaces(HeaderRule rule) : rule_(rule) {}
  Result<DataBegin> next(LineFile& lines);

 private:
  HeaderRule rule_;
  bool seen_ = false;
};

}  // namespace batchmill::data
