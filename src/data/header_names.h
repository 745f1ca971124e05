#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace batchmill::data {

// The names of the columns (mltable-and-data.md 2.4): a blank cell becomes Column<position>,
// counted from 1; a name that is there already gets ".1", ".2", ... and a line in `warnings`.
std::vector<std::string> column_names(const std::vector<std::string_view>& header,
                                      std::vector<std::string>& warnings);
// Column1 to ColumnN.
std::vector<std::string> numbered_columns(std::size_t count);

}  // namespace batchmill::data
