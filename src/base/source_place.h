#pragma once

#include <string>

namespace batchmill {

// A place in a file as the user typed its path. Lines and columns count from 1, in code points;
// `end_column` is one past the last. Line 0: the whole file. `file` is "--set a=b" for a value
// that came from the command line (then line is 0 and column the place in "a=b").
struct SourcePlace {
  std::string file;
  int line = 0;
  int column = 0;
  int end_column = 0;
  bool operator==(const SourcePlace&) const = default;
};

}  // namespace batchmill
