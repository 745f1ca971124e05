#include "base/yaml/document.h"

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "base/yaml/node.h"

namespace batchmill::yaml {
namespace {

const std::string kNoText;

std::size_t break_length(std::string_view rest) {
  if (rest.starts_with("\r\n")) return 2;
  if (rest.front() == '\n' || rest.front() == '\r') return 1;
  if (rest.starts_with("\xC2\x85")) return 2;                                          // NEL
  if (rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9")) return 3;  // LS, PS
  return 0;
}

std::size_t find_occurrence(std::string_view text, std::string_view needle, std::size_t index) {
  std::size_t at = text.find(needle);
  for (; index > 0 && at != std::string_view::npos; --index) at = text.find(needle, at + 1);
  return at;
}

SourcePlace place_of_bytes(const Arena& arena, std::size_t begin, std::size_t end) {
  const auto after = std::upper_bound(arena.line_starts.begin(), arena.line_starts.end(), begin);
  const std::size_t line_start = *(after - 1);
  const std::string_view text = arena.text;
  SourcePlace place;
  place.file = arena.file;
  place.line = static_cast<int>(after - arena.line_starts.begin());
  place.column = static_cast<int>(code_points(text.substr(line_start, begin - line_start))) + 1;
  place.end_column = place.column + static_cast<int>(code_points(text.substr(begin, end - begin)));
  return place;
}

}  // namespace

std::vector<std::size_t> line_starts_of(const std::string& text) {
  std::vector<std::size_t> starts{0};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = break_length(std::string_view(text).substr(at));
    at += std::max<std::size_t>(length, 1);
    if (length > 0) starts.push_back(at);
  }
  return starts;
}

std::string_view line_of(const Arena& arena, int line) {
  if (line < 1 || static_cast<std::size_t>(line) > arena.line_starts.size()) return {};
  const auto index = static_cast<std::size_t>(line) - 1;
  const std::size_t begin = arena.line_starts[index];
  std::size_t end = begin;
  const std::string_view text = arena.text;
  while (end < text.size() && break_length(text.substr(end)) == 0) ++end;
  return text.substr(begin, end - begin);
}

Kind Value::kind() const { return node_->kind; }

const SourcePlace& Value::place() const {
  static const SourcePlace nowhere;
  if (use_ != nullptr) return *use_;
  return node_ != nullptr ? node_->place : nowhere;
}

const SourcePlace* Value::anchor() const {
  return use_ != nullptr && node_ != nullptr ? &node_->place : nullptr;
}

const std::string& Value::text() const { return node_ != nullptr ? node_->text : kNoText; }
Style Value::style() const { return node_ != nullptr ? node_->style : Style::kPlain; }
bool Value::is_plain() const { return node_ != nullptr && node_->is_plain; }
const std::string& Value::tag() const { return node_ != nullptr ? node_->tag : kNoText; }

std::size_t Value::size() const {
  return node_ != nullptr ? node_->items.size() + node_->entries.size() : 0;
}

Value Value::item(std::size_t index) const {
  if (node_ == nullptr || index >= node_->items.size()) return {};
  return seen_through(*this, node_->items[index]);
}

std::vector<Value> Value::items() const {
  std::vector<Value> result;
  if (node_ == nullptr) return result;
  result.reserve(node_->items.size());
  for (const Value& stored : node_->items) result.push_back(seen_through(*this, stored));
  return result;
}

std::vector<Entry> Value::entries() const {
  std::vector<Entry> result;
  if (node_ == nullptr) return result;
  result.reserve(node_->entries.size());
  for (const Entry& stored : node_->entries) {
    result.push_back(
        {seen_through(*this, stored.key), seen_through(*this, stored.value), stored.merged});
  }
  return result;
}

Value Value::find(std::string_view key) const {
  const std::optional<Entry> entry = find_entry(key);
  return entry ? entry->value : Value();
}

std::optional<Entry> Value::find_entry(std::string_view key) const {
  if (node_ == nullptr) return std::nullopt;
  for (const Entry& stored : node_->entries) {
    if (stored.key.text() == key) {
      return Entry{seen_through(*this, stored.key), seen_through(*this, stored.value),
                   stored.merged};
    }
  }
  return std::nullopt;
}

Document::Document() : arena_(std::make_shared<Arena>()) { arena_->line_starts = {0}; }

const std::string& Document::file() const { return arena_->file; }
const std::string& Document::text() const { return arena_->text; }

bool Document::has_syntax_problem() const {
  return std::any_of(problems_.begin(), problems_.end(),
                     [](const Problem& p) { return p.kind == ProblemKind::kSyntax; });
}

SourcePlace Document::place_within(const Value& scalar, std::string_view needle,
                                   std::size_t occurrence) const {
  if (!scalar || needle.empty() || scalar.anchor() != nullptr) return scalar.place();
  const Node& node = *scalar.node();
  if (node.begin < node.end) {
    const std::string_view source =
        std::string_view(arena_->text).substr(node.begin, node.end - node.begin);
    const std::size_t at = find_occurrence(source, needle, occurrence);
    if (at == std::string_view::npos) return scalar.place();
    return place_of_bytes(*arena_, node.begin + at, node.begin + at + needle.size());
  }
  const std::size_t at = find_occurrence(node.text, needle, occurrence);
  if (at == std::string_view::npos || node.place.line != 0) return scalar.place();
  SourcePlace place = node.place;
  place.column += static_cast<int>(code_points(std::string_view(node.text).substr(0, at)));
  place.end_column = place.column + static_cast<int>(code_points(needle));
  return place;
}

std::string join_path(std::string_view parent, std::string_view key) {
  if (parent.empty()) return std::string(key);
  return std::string(parent) + "." + std::string(key);
}

std::string join_path(std::string_view parent, std::size_t index) {
  return std::string(parent) + "[" + std::to_string(index) + "]";
}

}  // namespace batchmill::yaml
