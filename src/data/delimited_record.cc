#include "data/delimited_record.h"

#include <algorithm>

namespace batchmill::data {

const std::vector<std::string_view>& RecordSplitter::split(std::string_view line) {
  fields_.clear();
  unquoted_.clear();
  unquoted_.reserve(line.size());  // the fields point into it, so it must never move
  quote_open_ = false;
  std::size_t at = 0;
  while (true) {
    if (at < line.size() && line[at] == '"') {
      fields_.push_back(quoted_field(line, at));
    } else {
      const std::size_t end = std::min(line.find(delimiter_, at), line.size());
      fields_.push_back(line.substr(at, end - at));
      at = end;
    }
    if (at >= line.size()) return fields_;
    ++at;  // the delimiter
  }
}

// `at` is at the opening quote, afterwards at the delimiter or the end of the line.
std::string_view RecordSplitter::quoted_field(std::string_view line, std::size_t& at) {
  const std::size_t start = unquoted_.size();
  ++at;
  while (true) {
    const std::size_t quote = line.find('"', at);
    if (quote == std::string_view::npos) {
      quote_open_ = true;
      unquoted_.append(line.substr(at));
      at = line.size();
      break;
    }
    unquoted_.append(line.substr(at, quote - at));
    at = quote + 1;
    if (at < line.size() && line[at] == '"') {
      unquoted_ += '"';
      ++at;
      continue;
    }
    const std::size_t end = std::min(line.find(delimiter_, at), line.size());
    unquoted_.append(line.substr(at, end - at));
    at = end;
    break;
  }
  return std::string_view(unquoted_).substr(start);
}

}  // namespace batchmill::data
