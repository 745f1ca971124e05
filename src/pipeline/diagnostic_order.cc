#include <algorithm>
#include <set>
#include <tuple>

#include "pipeline/diagnostic_text.h"

namespace batchmill::pipeline {
namespace {

std::size_t rank_of(const std::string& file, const std::vector<std::string>& files) {
  if (file.starts_with("--")) return 0;
  const auto found = std::find(files.begin(), files.end(), file);
  return static_cast<std::size_t>(found - files.begin()) + 1;
}

}  // namespace

std::vector<Diagnostic> arrange(std::vector<Diagnostic> diagnostics,
                                const std::vector<std::string>& files) {
  const auto key_of = [&](const Diagnostic& d) {
    return std::make_tuple(rank_of(d.place.file, files), d.place.file, d.place.line,
                           d.place.column);
  };
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return key_of(a) < key_of(b); });
  // The path tells apart what an alias or a merge brings to one place.
  std::set<std::tuple<int, std::string, int, int, std::string>> seen;
  std::erase_if(diagnostics, [&](const Diagnostic& d) {
    return !seen.emplace(d.code, d.place.file, d.place.line, d.place.column, d.path).second;
  });
  return diagnostics;
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.level == Level::kError; });
}

void make_strict(std::vector<Diagnostic>& diagnostics) {
  for (Diagnostic& d : diagnostics) {
    if (d.level == Level::kWarning) d.level = Level::kError;
  }
}

}  // namespace batchmill::pipeline
