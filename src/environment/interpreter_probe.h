#pragma once

#include <string>

#include "base/result.h"
#include "model/interpreter.h"
#include "ports/command_runner.h"
#include "ports/files.h"

namespace batchmill::environment {

// Asks an interpreter what it is: its own path (shims differ from it), version, and whether it has
// pandas. The answer is kept in `cache_file` (JSON) until the interpreter's file changes.
// Errors: it cannot be started, or is no Python 3.8 or later; the message names it.
class InterpreterProbe {
 public:
  InterpreterProbe(CommandRunner& runner, Files& files, std::string cache_file)
      : runner_(runner), files_(files), cache_file_(std::move(cache_file)) {}

  Result<Interpreter> ask(const std::string& python);

 private:
  Result<Interpreter> ask_fresh(const std::string& python);

  CommandRunner& runner_;
  Files& files_;
  std::string cache_file_;
};

}  // namespace batchmill::environment
