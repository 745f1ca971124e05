#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "pipeline/key_table.h"

namespace batchmill::pipeline {

namespace {

std::string range_text(const KeyRule& rule) {
  if (!rule.allowed.empty()) return join(rule.allowed, ", ");
  if (!rule.range) return std::string(describe(rule.kind));
  return fmt::format("{}, {:.0f} to {:.0f}", describe(rule.kind), rule.range->least,
                     rule.range->most);
}

std::string remark(const KeyRule& rule) {
  switch (rule.effect) {
    case KeyEffect::kHonoured:
      return rule.bindable ? rule.help + " May be bound to a pipeline input." : rule.help;
    case KeyEffect::kIgnored:
      return rule.help + " *Accepted, without effect.*";
    case KeyEffect::kLater:
      return rule.help + " *Refused in this version: " + rule.workaround + ".*";
  }
  return rule.help;
}

}  // namespace

std::string render_key_table() {
  std::string page =
      "# Keys of a pipeline file\n\n"
      "Made from the table that validation uses. Keys that begin with `x-` are free everywhere.\n";
  for (int index = 0; index < kMappingKinds; ++index) {
    const auto kind = static_cast<MappingKind>(index);
    page += fmt::format("\n## In {}\n\n| Key | Value | Default | Meaning |\n|---|---|---|---|\n",
                        describe(kind));
    for (const KeyRule& rule : keys_of(kind)) {
      const std::string standard = rule.required ? "**required**" : rule.default_text;
      page += fmt::format("| `{}` | {} | {} | {} |\n", rule.name, range_text(rule), standard,
                          remark(rule));
    }
  }
  return page;
}

}  // namespace batchmill::pipeline
