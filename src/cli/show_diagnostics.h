#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/console.h"
#include "model/diagnostic.h"

namespace batchmill::cli {

// What a check found, on standard error. Notices without a place worth showing (codes below 100)
// are one line each; the rest has the layout of messages.md 2.1. `effect` is what errors led to
// ("nothing was submitted"); without errors there is no summary line.
void show_diagnostics(const std::vector<Diagnostic>& diagnostics,
                      const std::map<std::string, std::string>& sources, const std::string& file,
                      const std::string& effect, Console& console);

}  // namespace batchmill::cli
