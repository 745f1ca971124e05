#include "data/glob.h"

#include <cstdint>
#include <optional>

#include "base/text.h"

namespace batchmill::data {

namespace {

// Takes one character off the front: a code point of valid UTF-8, else a byte.
std::uint32_t take_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80    ? 1
                             : first >= 0xf0 ? 4
                             : first >= 0xe0 ? 3
                             : first >= 0xc0 ? 2
                                             : 1;
  if (length > text.size() || !is_valid_utf8(text.substr(0, length))) {
    text.remove_prefix(1);
    return 0x110000U + first;  // beyond all code points
  }
  std::uint32_t point = length == 1 ? first : first & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i)
    point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
  text.remove_prefix(length);
  return point;
}

// What follows the class that begins `pattern`, and whether `character` is in it; nothing when the
// class is not closed. A ']' right after the opening is a member.
struct ClassMatch {
  std::string_view rest;
  bool is_member = false;
};

std::optional<ClassMatch> match_class(std::string_view pattern, std::uint32_t character) {
  pattern.remove_prefix(1);
  const bool negated = !pattern.empty() && pattern.front() == '!';
  if (negated) pattern.remove_prefix(1);
  const std::size_t close = pattern.size() > 1 ? pattern.find(']', 1) : std::string_view::npos;
  if (close == std::string_view::npos) return std::nullopt;
  std::string_view members = pattern.substr(0, close);
  bool found = false;
  while (!members.empty()) {
    const std::uint32_t low = take_character(members);
    std::uint32_t high = low;
    if (members.size() > 1 && members.front() == '-') {
      members.remove_prefix(1);
      high = take_character(members);
    }
    found = found || (low <= character && character <= high);
  }
  return ClassMatch{pattern.substr(close + 1), found != negated};
}

// Matches one pattern element that is not '*' against the first character; advances both.
bool match_one(std::string_view& pattern, std::string_view& name) {
  if (name.empty()) return false;
  std::string_view rest = name;
  const std::uint32_t character = take_character(rest);
  if (pattern.front() == '[') {
    if (const auto found = match_class(pattern, character)) {
      pattern = found->rest;
      name = rest;
      return found->is_member;
    }
  }
  if (pattern.front() == '?') {
    pattern.remove_prefix(1);
    name = rest;
    return true;
  }
  if (pattern.front() != name.front()) return false;
  pattern.remove_prefix(1);
  name.remove_prefix(1);
  return true;
}

using Parts = std::vector<std::string_view>;

bool match_parts(const std::vector<std::string>& pattern, std::size_t p, const Parts& path,
                 std::size_t i, bool prefix) {
  while (p < pattern.size() && i < path.size()) {
    if (pattern[p] == "**") {
      for (std::size_t rest = i; rest <= path.size(); ++rest) {
        if (match_parts(pattern, p + 1, path, rest, prefix)) return true;
      }
      return false;
    }
    if (!matches_name(pattern[p], path[i])) return false;
    ++p;
    ++i;
  }
  // A folder may be entered while some of the pattern is left for what lies below it.
  return i == path.size() && (prefix ? p < pattern.size() : p == pattern.size());
}

}  // namespace

bool has_wildcard(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

bool matches_name(std::string_view pattern, std::string_view name) {
  // After a mismatch the latest '*' takes one character more; earlier ones need no second look.
  std::string_view retry_pattern;
  std::string_view retry_name;
  bool can_retry = false;
  while (!pattern.empty() || !name.empty()) {
    if (!pattern.empty() && pattern.front() == '*') {
      pattern.remove_prefix(1);
      retry_pattern = pattern;
      retry_name = name;
      can_retry = true;
      continue;
    }
    if (!pattern.empty() && match_one(pattern, name)) continue;
    if (!can_retry || retry_name.empty()) return false;
    take_character(retry_name);
    pattern = retry_pattern;
    name = retry_name;
  }
  return true;
}

Glob::Glob(std::string_view pattern) {
  for (const std::string_view part : split(pattern, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "**" && !parts_.empty() && parts_.back() == "**") continue;
    parts_.emplace_back(part);
  }
  // "**" stands for folders; at the end it means every file in them.
  if (!parts_.empty() && parts_.back() == "**") parts_.emplace_back("*");
}

bool Glob::matches(std::string_view path) const {
  return match_parts(parts_, 0, split(path, '/'), 0, false);
}

bool Glob::may_match_below(std::string_view folder) const {
  return match_parts(parts_, 0, split(folder, '/'), 0, true);
}

}  // namespace batchmill::data
