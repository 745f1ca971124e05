#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/yaml/document.h"

// `--set K=V` (cli.md 1.5, grammar A): K is a dotted path with list indices ("a[0].b"), V is always
// text. Missing mappings are created; the order of keys is kept, new ones come last.
namespace batchmill::yaml {

// Why an assignment was not applied; the document is unchanged then.
struct SetProblem {
  enum class Kind {
    kNoEquals,     // usage error: there is no '='
    kBadPath,      // usage error: empty segment, unclosed '[', index that is no number
    kThroughText,  // the path goes through a scalar: `prefix` is its path, `text` what stands there
    kNoItem,  // no such item in the list at `prefix` (its size would append), or a key of a list
  };
  Kind kind = Kind::kBadPath;
  std::string path;    // all of K
  std::string prefix;  // the part that is in the way
  std::string text;    // what stands at the prefix; for usage errors what is wrong
  SourcePlace place;   // of the segment after the prefix, in the argument
};

// Applies one argument ("jobs.train.inputs.lr=0.1"). What it writes has the place
// {"--set <argument>", line 0, column of the segment or value}. Only the use named by the path
// changes where a node is shared by aliases. Copies of the document are not affected.
std::optional<SetProblem> apply_set(Document& document, std::string_view argument);

// Sets one top-level or nested path to a text, with a place of the caller's choice ("--name x").
std::optional<SetProblem> set_text(Document& document, std::string_view path, std::string text,
                                   const SourcePlace& place);

}  // namespace batchmill::yaml
