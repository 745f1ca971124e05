#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/diagnostic.h"

namespace batchmill::pipeline {

// The object of `job validate -o json` (messages.md 2.2), compact: "result" is "Failed" if there is
// an error, else "Succeeded"; "errors", "warnings" and "notices" only if not empty. Relative file
// names are made absolute below `working_directory`.
std::string render_json(const std::vector<Diagnostic>& diagnostics,
                        std::string_view working_directory);

}  // namespace batchmill::pipeline
