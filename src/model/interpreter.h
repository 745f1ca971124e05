#pragma once

#include <string>

namespace batchmill {

// The Python that runs a step, as the environment of the step resolved.
struct Interpreter {
  std::string python;      // absolute path that starts it
  std::string version;     // "3.11.2"
  std::string bin_folder;  // holds python, python3 and pip of it; put first on PATH
  bool has_pandas = false;
  bool is_mapped = false;  // chosen by the workspace's configuration, not by default
};

// A script that its interpreter cannot compile. Line and column count from 1; 0: not known.
struct ScriptSyntaxProblem {
  std::string script;  // the path as it was given
  int line = 0, column = 0;
  std::string message;
  std::string text;  // the line of the script
};

// An import at the top level of a script that finds no module.
struct MissingImport {
  std::string script;
  int line = 0;
  std::string module;  // the top-level package
};

}  // namespace batchmill
