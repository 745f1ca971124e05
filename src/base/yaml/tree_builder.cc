#include "base/yaml/tree_builder.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include <fmt/format.h>

#include "base/yaml/syntax_problem.h"

namespace batchmill::yaml {
namespace {

constexpr std::string_view kStandardTags = "tag:yaml.org,2002:";
constexpr std::array<std::string_view, 13> kKnownTags = {
    "null",  "bool", "int", "float", "binary", "timestamp", "omap",
    "pairs", "set",  "str", "seq",   "map",    "merge"};

std::string text_of(const yaml_char_t* text) {
  return text != nullptr ? reinterpret_cast<const char*>(text) : std::string();
}

Style style_of(yaml_scalar_style_t style) {
  switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
      return Style::kSingleQuoted;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
      return Style::kDoubleQuoted;
    case YAML_LITERAL_SCALAR_STYLE:
      return Style::kLiteral;
    case YAML_FOLDED_SCALAR_STYLE:
      return Style::kFolded;
    default:
      return Style::kPlain;
  }
}

std::string without_byte_order_mark(std::string text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

bool is_merge_key(const Value& key) { return key.is_plain() && key.text() == "<<"; }

}  // namespace

struct TreeBuilder::Merge {
  std::size_t position = 0;  // among the own entries
  Value value;
};

struct TreeBuilder::MappingContent {
  std::vector<Entry> own;
  std::vector<Merge> merges;
  std::unordered_map<std::string, SourcePlace> keys;
};

Document parse(std::string file, std::string text, const Limits& limits) {
  return TreeBuilder(std::move(file), std::move(text), limits).build();
}

TreeBuilder::TreeBuilder(std::string file, std::string text, const Limits& limits)
    : limits_(limits), arena_(*document_.arena_) {
  arena_.file = std::move(file);
  arena_.text = without_byte_order_mark(std::move(text));
}

Document TreeBuilder::build() && {
  if (arena_.text.size() > limits_.bytes) {
    refuse({arena_.file}, fmt::format("the file has {} bytes; at most {} are read",
                                      arena_.text.size(), limits_.bytes));
    return std::move(document_);
  }
  arena_.line_starts = line_starts_of(arena_.text);
  if (std::optional<Problem> bad = check_characters(arena_)) {
    document_.problems_.push_back(std::move(*bad));
    return std::move(document_);
  }
  events_.emplace(arena_.text);
  offsets_.emplace(arena_.text);
  read_stream();
  if (document_.has_syntax_problem()) document_.root_ = {};
  return std::move(document_);
}

bool TreeBuilder::next(Event& event) {
  if (stopped_) return false;
  if (events_->next(event)) return true;
  document_.problems_.push_back(syntax_problem(arena_, events_->error()));
  stopped_ = true;
  return false;
}

void TreeBuilder::read_stream() {
  int documents = 0;
  while (!stopped_) {
    Event event;
    if (!next(event) || event->type == YAML_STREAM_END_EVENT) return;
    if (event->type != YAML_DOCUMENT_START_EVENT) continue;
    if (++documents == 2) {
      Problem problem;
      problem.kind = ProblemKind::kSecondDocument;
      problem.place = span_of(arena_, event->start_mark, event->end_mark);
      document_.problems_.push_back(std::move(problem));
      return;
    }
    Event content;
    if (next(content)) document_.root_ = read_node(content, "", 1);
  }
}

Value TreeBuilder::read_node(const Event& event, const std::string& path, std::size_t depth) {
  if (depth > limits_.depth) {
    stop(span_of(arena_, event->start_mark, event->end_mark),
         fmt::format("nested deeper than {} levels", limits_.depth));
    return {};
  }
  switch (event->type) {
    case YAML_ALIAS_EVENT:
      return read_alias(event);
    case YAML_SCALAR_EVENT:
      return read_scalar(event);
    case YAML_SEQUENCE_START_EVENT:
      return read_sequence(event, path, depth);
    case YAML_MAPPING_START_EVENT:
      return read_mapping(event, path, depth);
    default:
      return {};
  }
}

Value TreeBuilder::read_alias(const Event& event) {
  const std::string name = text_of(event->data.alias.anchor);
  const SourcePlace place = span_of(arena_, event->start_mark, event->end_mark);
  const auto found = anchors_.find(name);
  if (found == anchors_.end()) {
    refuse(place, fmt::format("there is no anchor '&{}' before this alias", name));
    return {};
  }
  if (found->second.node == nullptr) {
    refuse(place, fmt::format("the anchor '&{}' contains itself here", name));
    return {};
  }
  arena_.uses.push_back(place);
  return Value(found->second.node, &arena_.uses.back());
}

Value TreeBuilder::read_scalar(const Event& event) {
  const auto& scalar = event->data.scalar;
  Node& node = new_node(Kind::kScalar, event, scalar.tag);
  node.end = offsets_->of(event->end_mark);
  node.style = style_of(scalar.style);
  node.is_plain = scalar.plain_implicit != 0;
  node.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
  declare_anchor(scalar.anchor, node.place);
  return finish(node, scalar.anchor);
}

Value TreeBuilder::read_sequence(const Event& event, const std::string& path, std::size_t depth) {
  const auto& start = event->data.sequence_start;
  Node& node = new_node(Kind::kSequence, event, start.tag);
  declare_anchor(start.anchor, node.place);
  while (true) {
    Event child;
    if (!next(child)) return {};
    if (child->type == YAML_SEQUENCE_END_EVENT) {
      if (start.style == YAML_FLOW_SEQUENCE_STYLE) {
        node.place = span_of(arena_, event->start_mark, child->end_mark);
      } else if (node.place.end_column <= node.place.column) {
        node.place.end_column = node.place.column + 1;  // the '-'
      }
      node.end = offsets_->of(child->end_mark);
      return finish(node, start.anchor);
    }
    const Value item = read_node(child, join_path(path, node.items.size()), depth + 1);
    if (item) node.items.push_back(item);
  }
}

Value TreeBuilder::read_mapping(const Event& event, const std::string& path, std::size_t depth) {
  const auto& start = event->data.mapping_start;
  Node& node = new_node(Kind::kMapping, event, start.tag);
  declare_anchor(start.anchor, node.place);
  MappingContent content;
  while (true) {
    Event key_event;
    if (!next(key_event)) return {};
    if (key_event->type == YAML_MAPPING_END_EVENT) {
      node.end = offsets_->of(key_event->end_mark);
      if (start.style == YAML_FLOW_MAPPING_STYLE) {
        node.place = span_of(arena_, event->start_mark, key_event->end_mark);
      }
      break;
    }
    const Value key = read_node(key_event, path, depth + 1);
    Event value_event;
    if (!next(value_event)) return {};
    const Value value = read_node(value_event, join_path(path, key.text()), depth + 1);
    if (key && node.place.end_column <= node.place.column &&
        key.node()->place.line == node.place.line) {
      node.place.end_column = key.place().end_column;
    }
    if (key && value) take_entry(content, key, value, path);
  }
  node.entries = merged_entries(content);
  return finish(node, start.anchor);
}

void TreeBuilder::take_entry(MappingContent& content, const Value& key, const Value& value,
                             const std::string& path) {
  if (!key.is_scalar()) {
    refuse(key.place(), fmt::format("a key must be a single value, not a {}",
                                    key.is_sequence() ? "list" : "mapping"));
    return;
  }
  const auto [known, is_new] = content.keys.emplace(key.text(), key.place());
  if (!is_new) {
    Problem problem;
    problem.kind = ProblemKind::kDuplicateKey;
    problem.place = key.place();
    problem.text = key.text();
    problem.other = known->second;
    problem.path = path;
    document_.problems_.push_back(std::move(problem));
  } else if (is_merge_key(key)) {
    content.merges.push_back({content.own.size(), value});
  } else {
    content.own.push_back({key, value, false});
  }
}

std::vector<Entry> TreeBuilder::merged_entries(const MappingContent& content) {
  std::vector<Entry> entries;
  auto merge = content.merges.begin();
  for (std::size_t i = 0; i <= content.own.size(); ++i) {
    for (; merge != content.merges.end() && merge->position == i; ++merge) {
      if (merge->value.is_sequence()) {
        for (const Value& source : merge->value.items()) append_merge(source, content, entries);
      } else {
        append_merge(merge->value, content, entries);
      }
    }
    if (i < content.own.size()) entries.push_back(content.own[i]);
  }
  return entries;
}

// Of several sources of a key the first counts.
void TreeBuilder::append_merge(const Value& source, const MappingContent& content,
                               std::vector<Entry>& entries) {
  if (!source.is_mapping()) {
    refuse(source.place(), "'<<' takes a mapping or a list of mappings");
    return;
  }
  std::unordered_set<std::string_view> taken;
  for (const Entry& entry : entries) taken.insert(entry.key.text());
  for (Entry& entry : source.entries()) {
    const std::string& key = entry.key.text();
    if (content.keys.contains(key) || !taken.insert(key).second) continue;
    entry.merged = true;
    entries.push_back(entry);
  }
}

Node& TreeBuilder::new_node(Kind kind, const Event& event, const yaml_char_t* tag) {
  Node& node = arena_.nodes.emplace_back();
  node.kind = kind;
  node.tag = text_of(tag);
  node.place = span_of(arena_, event->start_mark, event->end_mark);
  node.begin = offsets_->of(event->start_mark);
  check_tag(node);
  if (arena_.nodes.size() > limits_.values) {
    stop(node.place, fmt::format("more than {} values", limits_.values));
  }
  return node;
}

void TreeBuilder::declare_anchor(const yaml_char_t* anchor, const SourcePlace& place) {
  if (anchor == nullptr) return;
  const auto [known, is_new] = anchors_.emplace(text_of(anchor), Anchor{nullptr, place});
  if (is_new) return;
  refuse(place, fmt::format("the anchor '&{}' is given twice; the first is at line {}",
                            known->first, known->second.place.line));
  known->second = {nullptr, place};
}

// Children are complete when their parent is, so sizes add up from below. An alias counts as much
// as what it stands for: a reader that follows every use does work in proportion to `values`.
Value TreeBuilder::finish(Node& node, const yaml_char_t* anchor) {
  const auto add = [&](const Value& child) {
    node.values = std::min(node.values + child.node()->values, limits_.values + 1);
    node.depth = std::max(node.depth, child.node()->depth + 1);
  };
  for (const Value& item : node.items) add(item);
  for (const Entry& entry : node.entries) {
    add(entry.key);
    add(entry.value);
  }
  if (node.values > limits_.values) {
    stop(node.place, fmt::format("aliases expand to more than {} values", limits_.values));
  } else if (node.depth > limits_.depth) {
    stop(node.place, fmt::format("nested deeper than {} levels", limits_.depth));
  }
  if (anchor != nullptr) anchors_[text_of(anchor)].node = &node;
  return Value(&node, nullptr);
}

void TreeBuilder::check_tag(const Node& node) {
  if (node.tag.empty()) return;
  std::string_view name = node.tag;
  if (name.starts_with(kStandardTags)) {
    name.remove_prefix(kStandardTags.size());
    if (std::find(kKnownTags.begin(), kKnownTags.end(), name) != kKnownTags.end()) return;
  }
  refuse(node.place, fmt::format("unknown tag '{}'", name), "remove the tag, or quote the value");
}

void TreeBuilder::refuse(const SourcePlace& place, std::string text, std::string hint) {
  document_.problems_.push_back(refusal(place, std::move(text), std::move(hint)));
}

void TreeBuilder::stop(const SourcePlace& place, std::string text) {
  if (stopped_) return;
  refuse(place, std::move(text));
  stopped_ = true;
}

}  // namespace batchmill::yaml
