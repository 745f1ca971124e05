#include "db/error_text.h"

#include <algorithm>
#include <array>

#include "base/json_members.h"

namespace batchmill::db {

namespace {

constexpr char kMark = '\x01';
constexpr std::array<std::string_view, 4> kOwnKeys = {"item", "message", "mini_batch", "detail"};
constexpr std::array<std::string_view, 6> kKeptKeys = {"code",  "type", "message",
                                                       "place", "item", "mini_batch"};

template <typename Keys>
bool is_among(const Keys& keys, std::string_view key) {
  return std::ranges::find(keys, key) != keys.end();
}

// The first bytes of a JSON string, still a JSON string: neither an escape nor a character is cut.
std::string cut_string(std::string_view quoted, std::size_t limit) {
  if (quoted.size() <= limit || quoted.front() != '"') return std::string(quoted);
  std::size_t end = 1;
  while (end < limit) {
    std::size_t length = 1;
    if (quoted[end] == '\\') {
      length = quoted[end + 1] == 'u' ? 6 : 2;
    } else {
      while ((static_cast<unsigned char>(quoted[end + length]) & 0xC0) == 0x80) ++length;
    }
    if (end + length > limit) break;
    end += length;
  }
  return std::string(quoted.substr(0, end)) + "...\"";
}

}  // namespace

ErrorText split_error(const std::string& record) {
  ErrorText parts;
  if (record.find(kMark) != std::string::npos) return {record, ""};
  const auto members = json_members(record);
  if (!members) return {record, ""};
  std::size_t copied = 0;
  for (const JsonMember& member : *members) {
    if (!is_among(kOwnKeys, member.key) || member.value.size() > kLongestOwnPart) continue;
    const auto begin = static_cast<std::size_t>(member.value.data() - record.data());
    parts.common.append(record, copied, begin - copied);
    parts.common += kMark;
    parts.own += member.value;
    parts.own += kMark;
    copied = begin + member.value.size();
  }
  parts.common.append(record, copied);
  return parts;
}

std::string join_error(std::string_view common, std::string_view own) {
  if (own.empty()) return std::string(common);
  std::string record;
  record.reserve(common.size() + own.size());
  while (!common.empty()) {
    const std::size_t mark = common.find(kMark);
    record += common.substr(0, mark);
    if (mark == std::string_view::npos) break;
    const std::size_t end = std::min(own.find(kMark), own.size());
    record += own.substr(0, end);
    own.remove_prefix(std::min(end + 1, own.size()));
    common.remove_prefix(mark + 1);
  }
  return record;
}

std::string shorten_error(const std::string& record) {
  const auto members = json_members(record);
  if (!members) return record.substr(0, kLongestOwnPart);
  std::string shortened = "{";
  for (const JsonMember& member : *members) {
    if (!is_among(kKeptKeys, member.key)) continue;
    shortened += '"';
    shortened += member.key;
    shortened += "\": ";
    shortened += cut_string(member.value, kLongestOwnPart - 4);
    shortened += ", ";
  }
  return shortened + "\"shortened\": true}";
}

}  // namespace batchmill::db
