#include "base/yaml/syntax_problem.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "base/utf8.h"

namespace batchmill::yaml {
namespace {

bool may_stand_in_yaml(char32_t point) {
  if (point == '\t' || point == '\n' || point == '\r' || point == 0x85) return true;
  if (point < 0x20 || (point >= 0x7F && point < 0xA0)) return false;
  return point != 0xFEFF && point != 0xFFFE && point != 0xFFFF;
}

SourcePlace character_at(const Arena& arena, std::size_t offset) {
  const auto after = std::upper_bound(arena.line_starts.begin(), arena.line_starts.end(), offset);
  const std::string_view text = arena.text;
  const int column =
      static_cast<int>(code_points(text.substr(*(after - 1), offset - *(after - 1))));
  return {arena.file, static_cast<int>(after - arena.line_starts.begin()), column + 1, column + 2};
}

std::string describe_bad(std::string_view bytes, const CodePoint& taken) {
  if (!taken.valid) {
    return fmt::format("byte 0x{:02X} is not UTF-8", static_cast<unsigned char>(bytes.front()));
  }
  if (taken.point == 0xFEFF) return "a byte order mark stands in the middle";
  return fmt::format("control character 0x{:02X}", static_cast<unsigned>(taken.point));
}

SourcePlace at_mark(const Arena& arena, const yaml_mark_t& mark) {
  const int column = static_cast<int>(mark.column) + 1;
  return {arena.file, static_cast<int>(mark.line) + 1, column, column + 1};
}

// From the mark to the end of its line.
SourcePlace rest_of_line(const Arena& arena, const yaml_mark_t& mark) {
  SourcePlace place = at_mark(arena, mark);
  std::string_view line = line_of(arena, place.line);
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
  place.end_column = std::max(place.end_column, static_cast<int>(code_points(line)) + 1);
  return place;
}

char character_of(const Arena& arena, const SourcePlace& place) {
  const std::string_view line = line_of(arena, place.line);
  const std::size_t at = byte_offset(line, static_cast<std::size_t>(place.column) - 1);
  return at < line.size() ? line[at] : '\0';
}

// libyaml says what it did not find; where the usual cause is known, say that instead.
void explain_cause(const Arena& arena, const yaml_parser_t& parser, Problem& problem) {
  const std::string_view text = problem.text;
  const bool has_context = parser.context != nullptr;
  if (text == "found unexpected end of stream" && has_context) {
    problem.place = at_mark(arena, parser.context_mark);
    problem.text = "the quote that opens here is not closed";
    problem.hint = "close the quote";
  } else if (text == "could not find expected ':'" && has_context) {
    problem.place = rest_of_line(arena, parser.context_mark);
    problem.text = "a key without ':'";
    problem.hint = "write 'key: value'";
  } else if (text == "mapping values are not allowed in this context") {
    problem.text = "a ':' is not allowed here";
    problem.hint = "quote a value that holds ': '; check the indentation";
  } else if (text == "found character that cannot start any token") {
    const char c = character_of(arena, problem.place);
    problem.text = c == '\t' ? "a tab cannot indent" : fmt::format("no value begins with '{}'", c);
    problem.hint = c == '\t' ? "indent with spaces" : "quote the value";
  } else if (text.find("tab character") != std::string_view::npos) {
    problem.hint = "indent with spaces";
  } else if (text == "found unknown escape character") {
    problem.hint = "write '\\\\' for a backslash, or use single quotes";
  }
}

}  // namespace

std::optional<Problem> check_characters(const Arena& arena) {
  const std::string_view text = arena.text;
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return refusal({arena.file, 1, 1, 2}, "the file is UTF-16", "save it as UTF-8");
  }
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view before = rest;
    const CodePoint taken = take_code_point(rest);
    if (taken.valid && may_stand_in_yaml(taken.point)) continue;
    return refusal(character_at(arena, text.size() - before.size()), describe_bad(before, taken),
                   taken.valid ? "remove it" : "save the file as UTF-8");
  }
  return std::nullopt;
}

std::size_t MarkOffsets::of(const yaml_mark_t& mark) {
  if (mark.index < index_) index_ = offset_ = 0;
  offset_ += byte_offset(text_.substr(offset_), mark.index - index_);
  index_ = mark.index;
  return offset_;
}

SourcePlace span_of(const Arena& arena, const yaml_mark_t& start, const yaml_mark_t& end) {
  if (start.line != end.line) return rest_of_line(arena, start);
  SourcePlace place = at_mark(arena, start);
  place.end_column = static_cast<int>(end.column) + 1;
  return place;
}

Problem syntax_problem(const Arena& arena, const yaml_parser_t& parser) {
  Problem problem = refusal(at_mark(arena, parser.problem_mark),
                            parser.problem != nullptr ? parser.problem : "out of memory");
  if (parser.context != nullptr) {
    problem.context = parser.context;
    problem.other = at_mark(arena, parser.context_mark);
  }
  explain_cause(arena, parser, problem);
  return problem;
}

Problem refusal(SourcePlace place, std::string text, std::string hint) {
  Problem problem;
  problem.kind = ProblemKind::kSyntax;
  problem.place = std::move(place);
  problem.text = std::move(text);
  problem.hint = std::move(hint);
  return problem;
}

}  // namespace batchmill::yaml
