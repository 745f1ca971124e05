#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "environment/interpreter_probe.h"

namespace batchmill::environment {

// Full paths of `name` in the folders of PATH that exist, first first, then /usr/bin/<name>.
std::vector<std::string> candidates_on_path(const std::string& name, const std::string& path,
                                            const Files& files);

// The interpreter of steps whose environment is not mapped: of the first `python3` on PATH and
// /usr/bin/python3 the first that has pandas, else the first that works.
Result<Interpreter> find_default(InterpreterProbe& probe, const std::string& path,
                                 const Files& files);

}  // namespace batchmill::environment
