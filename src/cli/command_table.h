#pragma once

#include <string>
#include <string_view>
#include <vector>

// The one table of commands and flags (cli.md 2.1 and 8). The parser, --help, suggestions for
// misspelt words and completion are all made from it.
namespace batchmill::cli {

enum class FlagKind {
  kSwitch,  // --stream
  kMaybe,   // --all-results, or --all-results true|false
  kText,    // --name NAME
  kTexts,   // --set K=V [K=V ...], may be repeated
  kNumber,  // --max-results N, 0 or more
  kChoice,  // one of `choices`, in any case
};

struct Flag {
  std::string_view name;  // without dashes
  char letter = 0;        // short form; 0: none
  FlagKind kind = FlagKind::kSwitch;
  std::string_view placeholder;  // "NAME"
  std::string_view help;
  bool required = false;
  bool ignored = false;  // taken so that command lines made for Azure run
  std::vector<std::string_view> choices = {};
};

struct Command {
  std::vector<std::string_view> words;  // {"job", "create"}
  std::string_view summary;
  std::vector<Flag> flags;
  std::vector<std::string_view> examples;
  std::string_view operand = {};  // name of the one value that stands without a flag
};

const std::vector<Command>& commands();
const std::vector<Flag>& global_flags();

// "job create"
std::string words_of(const Command& command);

}  // namespace batchmill::cli
