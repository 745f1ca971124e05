#pragma once

#include <string>
#include <string_view>
#include <vector>

// `batchmill explain CODE`; `batchmill explain all` writes docs/diagnostics.md. Pure.
namespace batchmill::pipeline {

// Names that a code allows somewhere: {105, "a parallel step", {"type", "input_data", ...}}.
struct AllowedNames {
  int code = 0;
  std::string kind;
  std::vector<std::string> names;
};

// Those of the key table: the keys of each mapping (105), the values of each choice (109).
std::vector<AllowedNames> allowed_names();

// Meaning, message, help, a wrong and a right example, and the allowed names; ends with a newline.
// "" for an unknown code.
std::string explain(int code, const std::vector<AllowedNames>& names = allowed_names(),
                    std::size_t width = 80);
// All codes as a Markdown page.
std::string explain_all(const std::vector<AllowedNames>& names = allowed_names());

}  // namespace batchmill::pipeline
