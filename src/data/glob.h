#pragma once

#include <string>
#include <string_view>
#include <vector>

// Patterns of MLTable paths (mltable-and-data.md 2.2): `*` any text and `?` one character within a
// name, `[abc]`, `[a-z]` one of them, `[!abc]` none of them, `**` as a whole part any number of
// folders, zero included. Case-sensitive; `{a,b}` is plain text; a `[` that is not closed too.
namespace batchmill::data {

bool has_wildcard(std::string_view text);

class Glob {
 public:
  // Relative, parts separated by '/'; empty parts and "." are dropped.
  explicit Glob(std::string_view pattern);

  bool matches(std::string_view path) const;
  // Whether a file below this folder could match: prunes the walk.
  bool may_match_below(std::string_view folder) const;

 private:
  std::vector<std::string> parts_;
};

// One name against one part of a pattern.
bool matches_name(std::string_view pattern, std::string_view name);

}  // namespace batchmill::data
