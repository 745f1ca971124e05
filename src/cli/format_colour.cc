#include "base/text.h"
#include "cli/formats.h"

namespace batchmill::cli {

namespace {

constexpr std::string_view kKey = "\033[34m", kText = "\033[32m", kOther = "\033[36m",
                           kOff = "\033[0m";

std::string painted(std::string_view colour, std::string_view text) {
  return std::string(colour).append(text).append(kOff);
}

// The end of the JSON string that begins at `at`, one past its closing quote.
std::size_t end_of_string(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return std::min(at + 1, json.size());
}

}  // namespace

std::string coloured_json(std::string_view json) {
  std::string out;
  for (std::size_t at = 0; at < json.size();) {
    if (json[at] == '"') {
      const std::size_t end = end_of_string(json, at);
      const bool is_key = end < json.size() && json[end] == ':';
      out += painted(is_key ? kKey : kText, json.substr(at, end - at));
      at = end;
      continue;
    }
    const std::size_t end =
        std::min(json.find_first_not_of("0123456789+-.eEtrufalsn", at), json.size());
    if (end > at) {
      out += painted(kOther, json.substr(at, end - at));
      at = end;
    } else {
      out += json[at++];
    }
  }
  return out;
}

std::string coloured_yaml(std::string_view text) {
  std::string out;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t begin = std::min(line.find_first_not_of(" -"), line.size());
    const std::size_t colon = line.find(": ", begin);
    const std::size_t end = colon != std::string_view::npos ? colon
                            : line.ends_with(':')           ? line.size() - 1
                                                            : begin;
    out += line.substr(0, begin);
    if (end > begin) out += painted(kKey, line.substr(begin, end - begin));
    out += line.substr(end);
    out += '\n';
  }
  out.pop_back();
  return out;
}

}  // namespace batchmill::cli
