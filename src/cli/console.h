#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/display_caps.h"
#include "model/diagnostic.h"
#include "ports/terminal.h"

namespace batchmill::cli {

// Exit codes of the program (cli.md 1.4).
constexpr int kExitSuccess = 0, kExitFailure = 1, kExitUsage = 2, kExitNotFound = 3;

// What a command says beside its result: errors, warnings and notices, on standard error.
class Console {
 public:
  Console(Terminal& terminal, DisplayCaps caps, bool only_show_errors)
      : terminal_(terminal), caps_(caps), only_errors_(only_show_errors) {}

  Terminal& terminal() const { return terminal_; }
  const DisplayCaps& caps() const { return caps_; }
  bool only_errors() const { return only_errors_; }
  void resized() {
    if (terminal_.columns() > 0) caps_.width = terminal_.columns();
  }

  void out(std::string_view text) { terminal_.write_out(text); }
  void err(std::string_view text) { terminal_.write_err(text); }
  // "ERROR: <message>" and, unless empty, "  help: <help>".
  void error(const std::string& message, const std::string& help = "");
  void warning(const std::string& message, const std::string& help = "");
  void notice(const std::string& message, const std::string& help = "");
  // A warning or notice that has no place in a file worth showing.
  void tell(const Diagnostic& diagnostic);

  // Says the error; the exit code that it means.
  int failed(const Error& error);

 private:
  void labelled(std::string_view label, std::string_view colour, const std::string& message,
                const std::string& help);

  Terminal& terminal_;
  DisplayCaps caps_;
  bool only_errors_;
};

}  // namespace batchmill::cli
