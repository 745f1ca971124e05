#pragma once

#include "base/yaml/document.h"
#include "data/mltable_problems.h"
#include "data/table_format.h"

namespace batchmill::data {

struct MltableSteps {
  bool is_table = false;
  bool has_unknown = false;  // a step that is none; it may have been meant to read
  TableFormat format;
};

// The steps under `transformations` (mltable-and-data.md 2.3 to 2.8). Reports what is wrong, and
// what this version does not do.
MltableSteps read_mltable_steps(const yaml::Value& transformations, MltableProblems& problems);

// The options of `read_delimited` (2.4). `options` may be nothing: the defaults.
TableFormat read_delimited_options(const yaml::Value& options, const std::string& path,
                                   MltableProblems& problems);

}  // namespace batchmill::data
