#pragma once

#include <string>
#include <string_view>

// The excerpt of a diagnostic: one source line and the carets below it. Pure.
namespace batchmill::pipeline {

struct Excerpt {
  std::string line;    // printable, a tab as one space, cut with "..." where it is too long
  std::string carets;  // spaces and '^', by display width
};

// `column` and `end_column` count code points from 1; column 0 gives no carets. The span stays
// visible when the line is cut to `width` columns (at least 20).
Excerpt make_excerpt(std::string_view source_line, int column, int end_column, std::size_t width);

}  // namespace batchmill::pipeline
