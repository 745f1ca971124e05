#pragma once

#include <string>
#include <string_view>
#include <vector>

// `batchmill explain CODE` and docs/diagnostics.md. Pure.
namespace batchmill::pipeline {

// Names that a code allows somewhere: {105, "a parallel step", {"type", "input_data", ...}}.
struct AllowedNames {
  int code = 0;
  std::string kind;
  std::vector<std::string> names;
};

// Meaning, message, help, a wrong and a right example, and the allowed names; ends with a newline.
// "" for an unknown code.
std::string explain(int code, const std::vector<AllowedNames>& names = {}, std::size_t width = 80);
// All codes as a Markdown page.
std::string explain_all(const std::vector<AllowedNames>& names = {});

}  // namespace batchmill::pipeline
