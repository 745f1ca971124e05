#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "base/yaml/document.h"

// The inside of a Document. Nodes are written once by the parser or an edit and never changed.
namespace batchmill::yaml {

struct Node {
  Kind kind = Kind::kScalar;
  Style style = Style::kPlain;
  bool is_plain = false;
  std::string tag;
  std::string text;
  SourcePlace place;
  std::size_t begin = 0;  // bytes [begin, end) of the document's text; empty for an edit's nodes
  std::size_t end = 0;
  std::vector<Value> items;
  std::vector<Entry> entries;
  std::size_t values = 1;  // nodes below and including this one, aliases counted at each use
  std::size_t depth = 1;   // of nesting, 1 for a scalar
};

struct Arena {
  std::string file;
  std::string text;
  std::vector<std::size_t> line_starts;  // byte offset of each line's first byte
  std::deque<Node> nodes;                // deques: what they hold never moves
  std::deque<SourcePlace> uses;
};

// `stored` as seen through `parent`: the outermost use decides the place.
inline Value seen_through(const Value& parent, const Value& stored) {
  return Value(stored.node(), parent.use() != nullptr ? parent.use() : stored.use());
}

// Offsets of the first byte of each line, with the line breaks of YAML 1.1 (CR, LF, CR LF, NEL,
// LS, PS), which are also those of libyaml's marks.
std::vector<std::size_t> line_starts_of(const std::string& text);
// The line without its break; `line` counts from 1. "" outside the text.
std::string_view line_of(const Arena& arena, int line);

}  // namespace batchmill::yaml
