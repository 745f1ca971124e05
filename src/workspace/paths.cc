#include "workspace/paths.h"

#include <vector>

#include "base/text.h"

namespace batchmill::workspace {

std::string absolute_below(const std::string& folder, const std::string& path) {
  const std::string whole = path.starts_with('/') ? path : folder + "/" + path;
  std::vector<std::string> parts;
  for (const std::string_view part : split(whole, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else {
      parts.emplace_back(part);
    }
  }
  return "/" + join(parts, "/");
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

std::string last_part_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

}  // namespace batchmill::workspace
