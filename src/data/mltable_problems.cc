#include "data/mltable_problems.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "base/yaml/scalar.h"

namespace batchmill::data {

std::string described(const yaml::Value& value) {
  if (!value) return "nothing";
  if (value.is_mapping()) return value.size() == 0 ? "an empty mapping" : "a mapping";
  if (value.is_sequence()) return value.size() == 0 ? "an empty list" : "a list";
  switch (yaml::resolve(value).kind) {
    case yaml::ScalarKind::kNull:
      return "nothing";
    case yaml::ScalarKind::kInt:
      return "an integer";
    case yaml::ScalarKind::kText:
      return value.text().empty() ? "an empty string" : "a string";
    default:
      return std::string("a ") + yaml::name_of(yaml::resolve(value).kind);
  }
}

void MltableProblems::wrong_type(const std::string& key, const std::string& type,
                                 const yaml::Value& value, const std::string& path) {
  add(diagnose(108, value)
          .with("k", key)
          .with("type", type)
          .with("actual", described(value))
          .at(path)
          .found(value.text())
          .value(value));
}

void MltableProblems::later(const std::string& what, const std::string& workaround,
                            const yaml::Value& place, const std::string& path) {
  add(diagnose(112, place)
          .with("k", what)
          .with("workaround", workaround)
          .at(path)
          .found(place.text()));
}

void MltableProblems::unknown_key(const yaml::Entry& entry, const std::string& kind,
                                  const std::vector<std::string>& allowed,
                                  const std::string& path) {
  add(diagnose(105, entry.key)
          .with("k", entry.key.text())
          .with("kind", kind)
          .at(path)
          .found(entry.key.text())
          .value(entry.value)
          .allowed(allowed)
          .near(allowed));
}

void MltableProblems::no_choice(const std::string& key, const yaml::Value& value,
                                const std::vector<std::string>& allowed, const std::string& path) {
  add(diagnose(109, value)
          .with("v", value.text())
          .with("k", key)
          .at(path)
          .found(value.text())
          .value(value)
          .allowed(allowed)
          .near(allowed));
}

bool MltableProblems::has_errors() const {
  return std::any_of(diagnostics_.begin(), diagnostics_.end(),
                     [](const Diagnostic& d) { return d.level == Level::kError; });
}

std::vector<Diagnostic> MltableProblems::finish(const std::string& text) {
  const auto lines = split(text, '\n');
  for (Diagnostic& diagnostic : diagnostics_) {
    const auto line = static_cast<std::size_t>(diagnostic.place.line);
    if (!diagnostic.excerpt.empty() || line == 0 || line > lines.size()) continue;
    std::string_view source = lines[line - 1];
    if (source.ends_with('\r')) source.remove_suffix(1);
    diagnostic.excerpt = source;
  }
  std::stable_sort(
      diagnostics_.begin(), diagnostics_.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
      });
  return std::move(diagnostics_);
}

}  // namespace batchmill::data
