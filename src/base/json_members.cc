#include "base/json_members.h"

namespace batchmill {

namespace {

class MemberScanner {
 public:
  explicit MemberScanner(std::string_view text) : text_(text) {}

  std::optional<std::vector<JsonMember>> scan() {
    std::vector<JsonMember> members;
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
      members.push_back({key, text_.substr(value_begin, value_end_ - value_begin)});
    } while (take(','));
    if (!take('}')) return std::nullopt;
    return members;
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  bool take(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
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
  // Up to the comma or brace that follows; the value ends before the space in front of that.
  bool skip_value() {
    int depth = 0;
    value_end_ = at_;
    const std::size_t begin = at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!skip_string()) return false;
        value_end_ = at_;
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']' || c == ',') {
        if (depth == 0) break;
        if (c != ',') --depth;
      }
      ++at_;
      if (!is_space(c)) value_end_ = at_;
    }
    return depth == 0 && value_end_ > begin;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t value_end_ = 0;
};

}  // namespace

std::optional<std::vector<JsonMember>> json_members(std::string_view text) {
  return MemberScanner(text).scan();
}

}  // namespace batchmill
