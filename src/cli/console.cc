#include "cli/console.h"

namespace batchmill::cli {

void Console::labelled(std::string_view label, std::string_view colour, const std::string& message,
                       const std::string& help) {
  std::string text;
  if (caps_.colour_err) {
    text.append(colour).append(label).append("\033[0m");
  } else {
    text = label;
  }
  text += ": " + message + "\n";
  if (!help.empty()) text += "  help: " + help + "\n";
  err(text);
}

void Console::error(const std::string& message, const std::string& help) {
  labelled("ERROR", "\033[1;31m", message, help);
}

void Console::warning(const std::string& message, const std::string& help) {
  if (!only_errors_) labelled("WARNING", "\033[1;33m", message, help);
}

void Console::notice(const std::string& message, const std::string& help) {
  if (!only_errors_) labelled("NOTICE", "\033[1;36m", message, help);
}

void Console::tell(const Diagnostic& diagnostic) {
  if (diagnostic.level == Level::kNotice) {
    notice(diagnostic.message, diagnostic.help);
  } else if (diagnostic.level == Level::kWarning) {
    warning(diagnostic.message, diagnostic.help);
  } else {
    error(diagnostic.message, diagnostic.help);
  }
}

int Console::failed(const Error& problem) {
  error(problem.message);
  return problem.kind == ErrorKind::kNotFound ? kExitNotFound : kExitFailure;
}

}  // namespace batchmill::cli
