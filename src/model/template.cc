#include "model/template.h"

namespace batchmill {
namespace {

constexpr std::string_view kExpression = "${{";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// The name if `text` begins with "{name}", else "".
std::string_view placeholder_at(std::string_view text) {
  if (text.empty() || text.front() != '{') return {};
  std::size_t end = 1;
  while (end < text.size() && is_name_character(text[end])) ++end;
  if (end == 1 || end == text.size() || text[end] != '}') return {};
  return text.substr(1, end - 1);
}

// Takes the next piece off `text`: a placeholder (then `name` is not empty) or a bit of text.
std::string_view take_piece(std::string_view& text, std::string_view& name) {
  name = placeholder_at(text);
  std::size_t length = name.empty() ? 1 : name.size() + 2;
  if (text.starts_with(kExpression)) length = kExpression.size();
  const std::string_view piece = text.substr(0, length);
  text.remove_prefix(length);
  return piece;
}

FilledTemplate fill_part(std::string_view text, const PlaceholderValue& value_of) {
  FilledTemplate filled;
  while (!text.empty()) {
    std::string_view name;
    const std::string_view piece = take_piece(text, name);
    std::optional<std::string> value;
    if (!name.empty()) value = value_of(std::string(name));
    if (!name.empty() && !value) filled.complete = false;
    filled.text += value ? std::string_view(*value) : piece;
  }
  return filled;
}

}  // namespace

FilledTemplate fill_template(std::string_view text, const PlaceholderValue& value_of) {
  FilledTemplate filled;
  while (!text.empty()) {
    const std::size_t open = text.find('<');
    FilledTemplate required = fill_part(text.substr(0, open), value_of);
    filled.text += required.text;
    filled.complete = filled.complete && required.complete;
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('>', open);
    FilledTemplate optional = fill_part(text.substr(open + 1, close - open - 1), value_of);
    if (optional.complete) filled.text += optional.text;
    text = close == std::string_view::npos ? std::string_view() : text.substr(close + 1);
  }
  return filled;
}

void visit_placeholders(std::string_view text,
                        const std::function<void(const std::string& name, bool optional)>& visit) {
  bool optional = false;
  while (!text.empty()) {
    std::string_view name;
    const std::string_view piece = take_piece(text, name);
    if (piece == "<") optional = true;
    if (piece == ">") optional = false;
    if (!name.empty()) visit(std::string(name), optional);
  }
}

}  // namespace batchmill
