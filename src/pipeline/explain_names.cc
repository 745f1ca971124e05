#include <set>

#include "pipeline/explain.h"
#include "pipeline/key_table.h"

namespace batchmill::pipeline {

std::vector<AllowedNames> allowed_names() {
  std::vector<AllowedNames> names;
  std::set<std::string> choices;  // a key with the same values stands in several mappings
  for (int index = 0; index < kMappingKinds; ++index) {
    const auto kind = static_cast<MappingKind>(index);
    names.push_back({105, std::string(describe(kind)), key_names(kind)});
    for (const KeyRule& rule : keys_of(kind)) {
      if (rule.kind != ValueKind::kChoice || !choices.insert(rule.name).second) continue;
      names.push_back({109, rule.name, rule.allowed});
    }
  }
  return names;
}

}  // namespace batchmill::pipeline
