#include "base/text.h"

#include <fmt/format.h>

#include "base/utf8.h"

namespace batchmill {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Embedding, override and isolate marks: they reorder what a terminal shows.
bool turns_direction(char32_t point) {
  return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += separator;
    text += parts[i];
  }
  return text;
}

std::string to_lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = lower(c);
  return result;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (lower(text[i]) != lower(prefix[i])) return false;
  }
  return true;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string_view line_at(std::string_view text, std::size_t line) {
  while (line > 0) {
    const std::size_t end = text.find_first_of("\r\n");
    if (--line == 0) return text.substr(0, end);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  return {};
}

std::string wrap(std::string_view text, std::size_t width, std::string_view indent) {
  std::string result;
  std::size_t used = 0;
  for (const std::string_view word : split(text, ' ')) {
    if (word.empty()) continue;
    const std::size_t length = display_width(word);
    if (result.empty() || used + 1 + length > width) {
      result.append(result.empty() ? "" : "\n").append(indent);
      used = display_width(indent);
    } else {
      result += ' ';
      ++used;
    }
    result += word;
    used += length;
  }
  return result.empty() ? result : result + '\n';
}

std::string printable(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const char32_t point = take_code_point(bytes).point;
    if (point == '\t') {
      text += ' ';
    } else if (point < 0x20 || (point >= 0x7F && point < 0xA0)) {
      text += fmt::format("\\x{:02x}", static_cast<unsigned>(point));
    } else if (turns_direction(point)) {
      text += fmt::format("\\u{:04x}", static_cast<unsigned>(point));
    } else {
      append_utf8(text, point);
    }
  }
  return text;
}

}  // namespace batchmill
