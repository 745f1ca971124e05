#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// UTF-8 one code point at a time, without locales.
namespace batchmill {

struct CodePoint {
  char32_t point = 0;  // U+FFFD where the bytes are no UTF-8
  bool valid = true;
};

// Takes the first code point off `rest`, which must not be empty. Overlong forms, surrogates and
// truncated sequences are invalid; then the bytes up to the first that cannot belong are taken.
CodePoint take_code_point(std::string_view& rest);

void append_utf8(std::string& text, char32_t point);

// Byte offset of the code point at `index`; size of the text if it has fewer.
std::size_t byte_offset(std::string_view utf8, std::size_t index);

}  // namespace batchmill
