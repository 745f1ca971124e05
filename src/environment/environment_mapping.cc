#include "environment/environment_mapping.h"

namespace batchmill::environment {

namespace {

std::string_view without_prefix(std::string_view reference) {
  constexpr std::string_view kPrefix = "azureml:";
  if (reference.starts_with(kPrefix)) reference.remove_prefix(kPrefix.size());
  return reference;
}

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::optional<std::string> mapped_python(const Mapping& mapping, std::string_view reference) {
  if (reference.empty()) return std::nullopt;
  const std::string_view wanted = without_prefix(reference);
  for (const auto& [pattern, python] : mapping) {
    if (without_prefix(pattern) == wanted) return python;
  }
  for (const auto& [pattern, python] : mapping) {
    if (matches_glob(without_prefix(pattern), wanted)) return python;
  }
  return std::nullopt;
}

}  // namespace batchmill::environment
