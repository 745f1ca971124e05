#pragma once

#include <string>

#include "base/result.h"

namespace batchmill {

// A new folder for its owner alone: "<TMPDIR or /tmp>/<prefix>XXXXXX".
Result<std::string> make_temporary_folder(const std::string& prefix);

}  // namespace batchmill
