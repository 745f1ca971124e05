#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <yaml.h>

#include "base/yaml/document.h"
#include "base/yaml/node.h"

// What stops libyaml, as a Problem with its place and, where the cause is known, a hint. Pure.
namespace batchmill::yaml {

// The first character that no YAML file may hold: bytes that are not UTF-8, control characters.
std::optional<Problem> check_characters(const Arena& arena);

// The span between two marks; of several lines the part on the first.
SourcePlace span_of(const Arena& arena, const yaml_mark_t& start, const yaml_mark_t& end);
// Byte offsets of marks. Marks come nearly in order, so it goes on from the last one: asking for
// all marks of a file costs one walk over it, however long its lines are.
class MarkOffsets {
 public:
  explicit MarkOffsets(std::string_view text) : text_(text) {}
  std::size_t of(const yaml_mark_t& mark);

 private:
  std::string_view text_;
  std::size_t index_ = 0;  // code points before offset_
  std::size_t offset_ = 0;
};

Problem syntax_problem(const Arena& arena, const yaml_parser_t& parser);

// A problem of ours that leaves no usable tree either.
Problem refusal(SourcePlace place, std::string text, std::string hint = {});

}  // namespace batchmill::yaml
