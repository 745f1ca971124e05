#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "ports/files.h"

namespace batchmill::environment {

// The scripts of a bin folder, by name: `python`, `python3` and `pip` that run `python`. Scripts
// that exec, because a symbolic link would hide from a venv or a shim where it lies. Pure.
std::map<std::string, std::string> python_wrappers(const std::string& python);

// Writes them to a folder below `environments` that is named after the interpreter, unless they are
// there; returns the folder.
Result<std::string> make_bin_folder(const std::string& environments, const std::string& python,
                                    Files& files);

}  // namespace batchmill::environment
