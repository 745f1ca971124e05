#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/yaml/document.h"
#include "base/yaml/event_stream.h"
#include "base/yaml/node.h"
#include "base/yaml/syntax_problem.h"

namespace batchmill::yaml {

// Turns libyaml's events into a tree, going on after every problem that leaves the events sound
// (duplicate keys, unknown aliases and tags, bad merges), so that all are reported together.
class TreeBuilder {
 public:
  TreeBuilder(std::string file, std::string text, const Limits& limits);
  Document build() &&;

 private:
  struct Merge;
  struct MappingContent;

  bool next(Event& event);  // false after an error or a bound
  void read_stream();
  Value read_node(const Event& event, const std::string& path, std::size_t depth);
  Value read_alias(const Event& event);
  Value read_scalar(const Event& event);
  Value read_sequence(const Event& event, const std::string& path, std::size_t depth);
  Value read_mapping(const Event& event, const std::string& path, std::size_t depth);
  void take_entry(MappingContent& content, const Value& key, const Value& value,
                  const std::string& path);
  std::vector<Entry> merged_entries(const MappingContent& content);
  void append_merge(const Value& source, const MappingContent& content,
                    std::vector<Entry>& entries);

  Node& new_node(Kind kind, const Event& event, const yaml_char_t* tag);
  void declare_anchor(const yaml_char_t* anchor, const SourcePlace& place);
  Value finish(Node& node, const yaml_char_t* anchor);
  void check_tag(const Node& node);
  void refuse(const SourcePlace& place, std::string text, std::string hint = {});
  void stop(const SourcePlace& place, std::string text);

  struct Anchor {
    const Node* node = nullptr;  // null while its own content is being read
    SourcePlace place;
  };

  Limits limits_;
  Document document_;
  Arena& arena_;
  std::optional<EventStream> events_;
  std::optional<MarkOffsets> offsets_;
  std::unordered_map<std::string, Anchor> anchors_;
  bool stopped_ = false;
};

}  // namespace batchmill::yaml
