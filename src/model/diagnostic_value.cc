#include "model/diagnostic_value.h"

#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "base/utf8.h"
#include "base/yaml/scalar.h"

namespace batchmill {
namespace {

constexpr std::size_t kLongestText = 300;  // code points
constexpr std::size_t kMostValues = 50;    // of one collection
constexpr std::size_t kDeepest = 5;
constexpr std::string_view kEnvironment = "environment_variables";
constexpr std::string_view kMask = "***";

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string text_json(const std::string& text) {
  const std::size_t length = byte_offset(text, kLongestText);
  if (length == text.size()) return quoted(mask_secrets(text));
  return quoted(mask_secrets(std::string_view(text).substr(0, length)) + "...");
}

std::string scalar_json(const yaml::Value& value) {
  const yaml::Scalar scalar = yaml::resolve(value);
  switch (scalar.kind) {
    case yaml::ScalarKind::kNull:
      return "null";
    case yaml::ScalarKind::kBool:
      return scalar.boolean ? "true" : "false";
    case yaml::ScalarKind::kInt:
      return scalar.decimal;
    case yaml::ScalarKind::kFloat:
      if (std::isfinite(scalar.real)) return yaml::python_float(scalar.real);
      break;
    case yaml::ScalarKind::kDate:
    case yaml::ScalarKind::kText:
      break;
  }
  return text_json(scalar.text);
}

std::string json_at_depth(const yaml::Value& value, std::size_t depth, bool secret) {
  if (!value) return "null";
  if (value.is_scalar()) return secret ? quoted(kMask) : scalar_json(value);
  const bool is_list = value.is_sequence();
  std::string text = is_list ? "[" : "{";
  std::size_t count = 0;
  const auto separate = [&] { return count++ > 0 ? ", " : ""; };
  const std::size_t shown = depth < kDeepest ? kMostValues : 0;
  if (is_list) {
    for (std::size_t i = 0; i < std::min(value.size(), shown); ++i) {
      text += separate() + json_at_depth(value.item(i), depth + 1, secret);
    }
    return text + "]";
  }
  for (const yaml::Entry& entry : value.entries()) {
    if (count == shown) break;
    text += separate() + text_json(entry.key.text()) + ": ";
    text += json_at_depth(entry.value, depth + 1, secret || entry.key.text() == kEnvironment);
  }
  return text + "}";
}

bool ends_parameter(char c) {
  return c == '&' || c == ' ' || c == '"' || c == '\'' || c == '\t' || c == '\n';
}

std::string without_signatures(std::string_view text) {
  std::string result;
  while (true) {
    std::size_t at = text.find("sig=");
    while (at != std::string_view::npos && at > 0 && text[at - 1] != '?' && text[at - 1] != '&') {
      at = text.find("sig=", at + 1);
    }
    if (at == std::string_view::npos || at == 0) return result.append(text);
    result.append(text.substr(0, at + 4)).append(kMask);
    text.remove_prefix(at + 4);
    while (!text.empty() && !ends_parameter(text.front())) text.remove_prefix(1);
  }
}

// wasbs and abfss have the container before the '@', which is no secret.
bool has_container_before_host(std::string_view before) {
  return before.ends_with("wasbs") || before.ends_with("wasb") || before.ends_with("abfss") ||
         before.ends_with("abfs");
}

std::string without_users(std::string_view text) {
  std::string result;
  while (true) {
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos) return result.append(text);
    const std::size_t begin = scheme + 3;
    const std::size_t end = std::min(text.find_first_of("/?# \t\n\"'", begin), text.size());
    const std::size_t user = text.substr(0, end).rfind('@');
    result.append(text.substr(0, begin));
    if (user != std::string_view::npos && user >= begin &&
        !has_container_before_host(text.substr(0, scheme))) {
      result.append(kMask);
      text.remove_prefix(user);
    } else {
      text.remove_prefix(begin);
    }
  }
}

}  // namespace

std::string json_text(const yaml::Value& value) { return json_at_depth(value, 0, false); }

bool is_secret_path(std::string_view path) {
  const std::size_t at = path.find(kEnvironment);
  return at != std::string_view::npos && at + kEnvironment.size() < path.size() &&
         path[at + kEnvironment.size()] == '.';
}

std::string mask_secrets(std::string_view text) { return without_users(without_signatures(text)); }

void mask_secrets(Diagnostic& diagnostic) {
  if (is_secret_path(diagnostic.path)) {
    if (!diagnostic.found.empty()) diagnostic.found = kMask;
    if (!diagnostic.value.empty()) diagnostic.value = quoted(kMask);
  }
  for (std::string* text : {&diagnostic.message, &diagnostic.found, &diagnostic.excerpt,
                            &diagnostic.help, &diagnostic.place.file}) {
    *text = mask_secrets(*text);
  }
  for (Note& note : diagnostic.notes) note.text = mask_secrets(note.text);
}

}  // namespace batchmill
