#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Splitting a line into words as a POSIX shell does: blanks separate; single quotes keep
// everything; double quotes keep all but backslash before `"`, `\`, `$`, a backquote and a line
// end; a backslash keeps the next character. No variable, glob, comment or operator has a meaning.
namespace batchmill::pipeline {

// A part of the line. Text that is `whole` joins the word it stands in, whatever it holds.
struct WordPart {
  std::string_view text;
  bool whole = false;
};

struct Words {
  std::vector<std::string> words;
  // The quote that is never closed: its character, and how many of the same stand before it in
  // the parts that are not whole.
  std::optional<char> unclosed;
  std::size_t unclosed_ordinal = 0;
};

Words split_words(const std::vector<WordPart>& parts);

}  // namespace batchmill::pipeline
