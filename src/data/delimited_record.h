#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace batchmill::data {

// Splits lines into fields by the rules of mltable-and-data.md 2.4 with multi-line off: a field
// that begins with a quote ends at the next single quote, "" within it is one quote, what follows
// up to the delimiter is appended as it stands; a quote that stays open ends with the line; a quote
// inside an unquoted field is literal; nothing is trimmed.
class RecordSplitter {
 public:
  explicit RecordSplitter(char delimiter) : delimiter_(delimiter) {}

  // `line` comes without its line break. The result is valid until the next call, and as long as
  // the line.
  const std::vector<std::string_view>& split(std::string_view line);
  // Whether the line that was split last ended within quotes.
  bool left_quote_open() const { return quote_open_; }

 private:
  std::string_view quoted_field(std::string_view line, std::size_t& at);

  char delimiter_;
  std::vector<std::string_view> fields_;
  std::string unquoted_;  // text of fields that are not one piece of the line
  bool quote_open_ = false;
};

}  // namespace batchmill::data
