#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "ports/terminal.h"

namespace batchmill::cli {

enum class ProgressMode { kLive, kPlain, kJson, kNone };

// What the terminal can show and the user wants (messages.md 4).
struct DisplayCaps {
  ProgressMode progress = ProgressMode::kPlain;
  bool colour_out = false;  // on standard output
  bool colour_err = false;
  bool unicode = true;     // else '#', '-', "ok", "FAIL"
  std::size_t width = 80;  // columns
  std::size_t height = 24;
};

// Reads BATCHMILL_PROGRESS, NO_COLOR, CLICOLOR, CLICOLOR_FORCE, TERM, COLUMNS, LC_ALL, LC_CTYPE,
// LANG. Pure but for what it asks the terminal.
DisplayCaps display_caps(const std::map<std::string, std::string>& variables,
                         const Terminal& terminal, bool only_show_errors);

}  // namespace batchmill::cli
