#include "base/utf8.h"

#include "base/text.h"

namespace batchmill {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// What a leading byte promises: bytes that follow, bits it carries, and the range that the first
// of those must lie in (which excludes overlong forms, surrogates and points past U+10FFFF).
struct Lead {
  int following = -1;
  char32_t bits = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
};

Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {0, byte};
  if (byte < 0xC2) return {};
  if (byte < 0xE0) return {1, static_cast<char32_t>(byte & 0x1F)};
  if (byte < 0xF0) {
    Lead lead{2, static_cast<char32_t>(byte & 0x0F)};
    if (byte == 0xE0) lead.low = 0xA0;
    if (byte == 0xED) lead.high = 0x9F;
    return lead;
  }
  if (byte < 0xF5) {
    Lead lead{3, static_cast<char32_t>(byte & 0x07)};
    if (byte == 0xF0) lead.low = 0x90;
    if (byte == 0xF4) lead.high = 0x8F;
    return lead;
  }
  return {};
}

}  // namespace

CodePoint take_code_point(std::string_view& rest) {
  const Lead lead = lead_of(static_cast<unsigned char>(rest.front()));
  rest.remove_prefix(1);
  if (lead.following < 0) return {kReplacement, false};
  char32_t point = lead.bits;
  unsigned char low = lead.low;
  unsigned char high = lead.high;
  for (int i = 0; i < lead.following; ++i) {
    if (rest.empty()) return {kReplacement, false};
    const auto byte = static_cast<unsigned char>(rest.front());
    if (byte < low || byte > high) return {kReplacement, false};
    point = (point << 6) | (byte & 0x3F);
    rest.remove_prefix(1);
    low = 0x80;
    high = 0xBF;
  }
  return {point, true};
}

void append_utf8(std::string& text, char32_t point) {
  const auto byte = [&](char32_t bits) { text.push_back(static_cast<char>(bits)); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xC0 | (point >> 6));
    byte(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    byte(0xE0 | (point >> 12));
    byte(0x80 | ((point >> 6) & 0x3F));
    byte(0x80 | (point & 0x3F));
  } else {
    byte(0xF0 | (point >> 18));
    byte(0x80 | ((point >> 12) & 0x3F));
    byte(0x80 | ((point >> 6) & 0x3F));
    byte(0x80 | (point & 0x3F));
  }
}

std::size_t byte_offset(std::string_view utf8, std::size_t index) {
  std::string_view rest = utf8;
  for (; index > 0 && !rest.empty(); --index) take_code_point(rest);
  return utf8.size() - rest.size();
}

std::size_t code_points(std::string_view utf8) {
  std::size_t count = 0;
  for (; !utf8.empty(); ++count) take_code_point(utf8);
  return count;
}

bool is_valid_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!take_code_point(bytes).valid) return false;
  }
  return true;
}

std::string repair_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) append_utf8(text, take_code_point(bytes).point);
  return text;
}

}  // namespace batchmill
