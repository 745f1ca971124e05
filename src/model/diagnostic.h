#pragma once

#include <string>
#include <vector>

#include "base/source_place.h"

// A problem in a file of the user's, as a record; terminal, JSON and studio render the same one
// (messages.md 2).
namespace batchmill {

enum class Level { kError, kWarning, kNotice };

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
  std::string value;    // the value that stands there as JSON text; empty when there is none
  std::string excerpt;  // the source line, for showing; may be empty
  std::vector<std::string> allowed;
  std::vector<std::string> suggestions;  // nearest first
  std::string help;
  std::vector<Note> notes;
};

}  // namespace batchmill
