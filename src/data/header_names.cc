#include "data/header_names.h"

#include <unordered_set>

#include "base/text.h"

namespace batchmill::data {

namespace {
std::string numbered(std::size_t position) { return "Column" + std::to_string(position); }
}  // namespace

std::vector<std::string> column_names(const std::vector<std::string_view>& header,
                                      std::vector<std::string>& warnings) {
  std::vector<std::string> names;
  std::unordered_set<std::string> taken;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string wanted = trim(header[i]).empty() ? numbered(i + 1) : std::string(header[i]);
    std::string name = wanted;
    for (std::size_t copy = 1; !taken.insert(name).second; ++copy) {
      name = wanted + "." + std::to_string(copy);
    }
    if (name != wanted) {
      warnings.push_back("column " + std::to_string(i + 1) + " has the name '" + wanted +
                         "' of another one and is called '" + name + "'");
    }
    names.push_back(std::move(name));
  }
  return names;
}

std::vector<std::string> numbered_columns(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= count; ++i) names.push_back(numbered(i));
  return names;
}

}  // namespace batchmill::data
