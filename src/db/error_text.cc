#include "db/error_text.h"

#include <algorithm>
#include <array>
#include <vector>

namespace batchmill::db {

namespace {

constexpr char kMark = '\x01';
constexpr std::array<std::string_view, 4> kOwnKeys = {"item", "message", "mini_batch", "detail"};
constexpr std::array<std::string_view, 6> kKeptKeys = {"code",  "type", "message",
                                                       "place", "item", "mini_batch"};

struct Member {
  std::string_view key;
  std::string_view value;  // as it stands in the text
};

// Walks just enough JSON to find where the members of the outermost object begin and end; the
// record itself is never interpreted here.
class MemberScanner {
 public:
  explicit MemberScanner(std::string_view text) : text_(text) {}

  // Nothing when the text is no JSON object.
  std::optional<std::vector<Member>> scan() {
    std::vector<Member> members;
    skip_space();
    if (!take('{')) return std::nullopt;
    skip_space();
    if (take('}')) return members;
    do {
      skip_space();
      const std::size_t key_begin = at_ + 1;
      if (!skip_string()) return std::nullopt;
      const std::string_view key = text_.substr(key_begin, at_ - 1 - key_begin);
      skip_space();
      if (!take(':')) return std::nullopt;
      skip_space();
      const std::size_t value_begin = at_;
      if (!skip_value()) return std::nullopt;
      members.push_back({key, text_.substr(value_begin, at_ - value_begin)});
      skip_space();
    } while (take(','));
    if (!take('}')) return std::nullopt;
    return members;
  }

 private:
  bool take(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }
  bool skip_string() {
    if (!take('"')) return false;
    while (at_ < text_.size()) {
      if (text_[at_] == '\\') {
        at_ += 2;
      } else if (text_[at_++] == '"') {
        return true;
      }
    }
    return false;
  }
  bool skip_value() {
    int depth = 0;
    const std::size_t begin = at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!skip_string()) return false;
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']' || c == ',') {
        if (depth == 0) break;
        if (c != ',') --depth;
      }
      ++at_;
    }
    return depth == 0 && at_ > begin;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

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
  const auto members = MemberScanner(record).scan();
  if (!members) return {record, ""};
  std::size_t copied = 0;
  for (const Member& member : *members) {
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
  const auto members = MemberScanner(record).scan();
  if (!members) return record.substr(0, kLongestOwnPart);
  std::string shortened = "{";
  for (const Member& member : *members) {
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
