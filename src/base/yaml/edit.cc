#include "base/yaml/edit.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/text.h"
#include "base/yaml/node.h"
#include "base/yaml/scalar.h"

namespace batchmill::yaml {
namespace {

// One step of a path and where it stands in it.
struct Segment {
  std::string key;
  std::optional<std::size_t> index;  // "[0]"; then there is no key
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::optional<std::size_t> number_from(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "a[0].b" -> a, 0, b. The reason for refusal, or "".
std::string split_path(std::string_view path, std::vector<Segment>& segments) {
  std::size_t at = 0;
  while (at <= path.size()) {
    const std::size_t end = std::min(path.find_first_of(".[", at), path.size());
    if (end == at) return "an empty name in the path";
    segments.push_back({std::string(path.substr(at, end - at)), std::nullopt, at, end});
    at = end;
    while (at < path.size() && path[at] == '[') {
      const std::size_t close = path.find(']', at);
      if (close == std::string_view::npos) return "'[' is not closed";
      const auto index = number_from(path.substr(at + 1, close - at - 1));
      if (!index) return "an index must be a number";
      segments.push_back({"", index, at, close + 1});
      at = close + 1;
    }
    if (at == path.size()) return "";
    if (path[at] != '.') return "'.' or '[' must follow ']'";
    ++at;
  }
  return "an empty name in the path";
}

}  // namespace

// Copies the nodes on the path and shares the rest.
class TreeEditor {
 public:
  TreeEditor(Document& document, std::string_view path, const SourcePlace& argument,
             bool argument_has_path)
      : document_(document),
        arena_(*document.arena_),
        path_(path),
        argument_(argument),
        argument_has_path_(argument_has_path) {}

  std::optional<SetProblem> set(std::string text, const SourcePlace& place) {
    const std::string reason = split_path(path_, segments_);
    if (!reason.empty()) {
      return SetProblem{SetProblem::Kind::kBadPath, path_, "", reason, argument_};
    }
    text_ = std::move(text);
    text_place_ = place;
    const Value root = changed(document_.root_, 0);
    if (!problem_) document_.root_ = root;
    return problem_;
  }

 private:
  Value new_text(const std::string& text, const SourcePlace& place) {
    Node& node = arena_.nodes.emplace_back();
    node.style = Style::kSingleQuoted;
    node.text = text;
    node.place = place;
    return Value(&node, nullptr);
  }

  SourcePlace place_of(const Segment& segment) const {
    SourcePlace place = argument_;
    if (!argument_has_path_) return place;
    const auto column_at = [&](std::size_t offset) {
      return static_cast<int>(code_points(std::string_view(path_).substr(0, offset))) + 1;
    };
    place.column = column_at(segment.begin);
    place.end_column = column_at(segment.end);
    return place;
  }

  Value refuse(SetProblem::Kind kind, const Value& in_the_way, std::size_t level) {
    SetProblem problem;
    problem.kind = kind;
    problem.path = path_;
    problem.prefix = level > 0 ? path_.substr(0, segments_[level - 1].end) : "";
    problem.text = in_the_way.text();
    problem.place = place_of(segments_[level]);
    problem_ = std::move(problem);
    return {};
  }

  // `old` with what lies below segments_[level...] replaced.
  Value changed(const Value& old, std::size_t level) {
    if (level == segments_.size()) return new_text(text_, text_place_);
    const Segment& segment = segments_[level];
    if (is_null(old)) return created(segment, level);
    if (old.is_scalar()) return refuse(SetProblem::Kind::kThroughText, old, level);
    if (old.is_mapping()) {
      if (segment.index) return refuse(SetProblem::Kind::kNoItem, old, level);
      return changed_mapping(old, segment, level);
    }
    const std::optional<std::size_t> index =
        segment.index ? segment.index : number_from(segment.key);
    if (!index || *index > old.size()) return refuse(SetProblem::Kind::kNoItem, old, level);
    return changed_sequence(old, *index, level);
  }

  Value created(const Segment& segment, std::size_t level) {
    if (segment.index && *segment.index != 0) {
      return refuse(SetProblem::Kind::kNoItem, {}, level);
    }
    const Value below = changed({}, level + 1);
    if (!below) return {};
    const Kind kind = segment.index ? Kind::kSequence : Kind::kMapping;
    Node& node = copy_of({}, kind, place_of(segment));
    if (segment.index) {
      node.items.push_back(below);
    } else {
      node.entries.push_back({new_text(segment.key, place_of(segment)), below, false});
    }
    return Value(&node, nullptr);
  }

  Value changed_mapping(const Value& old, const Segment& segment, std::size_t level) {
    const Value below = changed(old.find(segment.key), level + 1);
    if (!below) return {};
    const Value key = new_text(segment.key, place_of(segment));
    Node& node = copy_of(old, Kind::kMapping, old.place());
    for (Entry& entry : node.entries) {
      if (entry.key.text() != segment.key) continue;
      entry = {level + 1 == segments_.size() ? key : entry.key, below, false};
      return Value(&node, nullptr);
    }
    node.entries.push_back({key, below, false});
    return Value(&node, nullptr);
  }

  Value changed_sequence(const Value& old, std::size_t index, std::size_t level) {
    const Value below = changed(old.item(index), level + 1);
    if (!below) return {};
    Node& node = copy_of(old, Kind::kSequence, old.place());
    if (index == node.items.size()) {
      node.items.push_back(below);
    } else {
      node.items[index] = below;
    }
    return Value(&node, nullptr);
  }

  // The children are taken as seen from here, so that those below an alias keep the place of its
  // use while a new one shows its own.
  Node& copy_of(const Value& old, Kind kind, const SourcePlace& place) {
    Node& node = arena_.nodes.emplace_back();
    node.kind = kind;
    node.place = place;
    node.items = old.items();
    node.entries = old.entries();
    return node;
  }

  Document& document_;
  Arena& arena_;
  std::string path_;
  SourcePlace argument_;
  bool argument_has_path_;  // the path begins at column 1 of the argument
  std::vector<Segment> segments_;
  std::string text_;
  SourcePlace text_place_;
  std::optional<SetProblem> problem_;
};

std::optional<SetProblem> apply_set(Document& document, std::string_view argument) {
  SourcePlace place{"--set " + std::string(argument), 0, 1,
                    static_cast<int>(code_points(argument)) + 1};
  const std::size_t equals = argument.find('=');
  if (equals == std::string_view::npos) {
    return SetProblem{SetProblem::Kind::kNoEquals, std::string(argument), "", "there is no '='",
                      place};
  }
  SourcePlace value_place = place;
  value_place.column = static_cast<int>(code_points(argument.substr(0, equals + 1))) + 1;
  return TreeEditor(document, argument.substr(0, equals), place, true)
      .set(std::string(argument.substr(equals + 1)), value_place);
}

std::optional<SetProblem> set_text(Document& document, std::string_view path, std::string text,
                                   const SourcePlace& place) {
  return TreeEditor(document, path, place, false).set(std::move(text), place);
}

}  // namespace batchmill::yaml
