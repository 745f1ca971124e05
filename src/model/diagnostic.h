#pragma once

#include <string>
#include <vector>

// A problem in a file of the user's, as a record; terminal, JSON and studio render the same one
// (messages.md 2).
namespace batchmill {

enum class Level { kError, kWarning, kNotice };

// A place in a file as the user typed its path. Lines and columns count from 1, in code points;
// `end_column` is one past the last. Line 0: the whole file. `file` is "--set a=b" for a value
// that came from the command line (then line is 0 and column the place in it).
struct SourcePlace {
  std::string file;
  int line = 0;
  int column = 0;
  int end_column = 0;
  bool operator==(const SourcePlace&) const = default;
};

struct Note {
  SourcePlace place;
  std::string text;
};

struct Diagnostic {
  int code = 0;  // 105 is shown as BM105
  Level level = Level::kError;
  std::string message;
  SourcePlace place;
  std::string path;     // YAML path, "jobs.score.mini_batch_size"; empty when there is none
  std::string found;    // the text that stands there
  std::string excerpt;  // the source line, for showing; may be empty
  std::vector<std::string> allowed;
  std::vector<std::string> suggestions;  // nearest first
  std::string help;
  std::vector<Note> notes;
};

}  // namespace batchmill
