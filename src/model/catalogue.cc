#include "model/catalogue.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/text.h"
#include "model/catalogue_parts.h"
#include "model/template.h"

namespace batchmill {
namespace {

std::vector<CatalogueEntry> all_entries() {
  std::vector<CatalogueEntry> entries;
  for (const auto part : {notice_entries(), text_entries(), expression_entries(), input_entries(),
                          parallel_entries(), table_entries(), asset_entries(), run_entries()}) {
    entries.insert(entries.end(), part.begin(), part.end());
  }
  return entries;
}

std::vector<std::string> placeholders_where(std::string_view text, bool wanted) {
  std::vector<std::string> names;
  visit_placeholders(text, [&](const std::string& name, bool optional) {
    const bool known = std::find(names.begin(), names.end(), name) != names.end();
    if (optional == wanted && !known) names.push_back(name);
  });
  return names;
}

}  // namespace

std::span<const CatalogueEntry> catalogue() {
  static const std::vector<CatalogueEntry> entries = all_entries();
  return entries;
}

const CatalogueEntry* find_entry(int code) {
  const auto entries = catalogue();
  const auto found =
      std::lower_bound(entries.begin(), entries.end(), code,
                       [](const CatalogueEntry& entry, int wanted) { return entry.code < wanted; });
  return found != entries.end() && found->code == code ? &*found : nullptr;
}

std::string code_name(int code) { return fmt::format("BM{:03}", code); }

int code_from(std::string_view text) {
  if (starts_with_ignoring_case(text, "BM")) text.remove_prefix(2);
  int code = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && find_entry(code) != nullptr ? code : 0;
}

std::vector<std::string> placeholders(std::string_view text) {
  return placeholders_where(text, false);
}

std::vector<std::string> optional_placeholders(std::string_view text) {
  return placeholders_where(text, true);
}

std::string readable_template(std::string_view text) {
  return fill_template(text,
                       [](const std::string& name) -> std::optional<std::string> {
                         return name == "near" ? "write '<nearest>'" : "<" + name + ">";
                       })
      .text;
}

}  // namespace batchmill
