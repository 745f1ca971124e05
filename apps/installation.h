#pragma once

#include <string>

namespace batchmill::apps {

// Absolute path of the running program.
std::string program_path();

// The folder that holds the Python package `batchmill` (with batchmill.worker): beside the program
// (<prefix>/share/batchmill/python) or in the source tree that it was built in (build/bin/ ->
// python/). BATCHMILL_PYTHON_FOLDER overrides it.
std::string python_folder(const std::string& program);

}  // namespace batchmill::apps
