#include "base/yaml/plain_forms.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace batchmill::yaml {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kDigitsAndUnderscore = "0123456789_";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads a text from the left; a step that does not match takes nothing and returns false or 0.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}
  bool at_end() const { return rest_.empty(); }
  bool one_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool literal(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  std::size_t run_of(std::string_view characters) {
    const std::size_t length = std::min(rest_.find_first_not_of(characters), rest_.size());
    rest_.remove_prefix(length);
    return length;
  }
  // Between `least` and `most` digits, as many as there are.
  bool digits(std::size_t least, std::size_t most) {
    std::size_t count = 0;
    while (count < most && count < rest_.size() && is_digit(rest_[count])) ++count;
    if (count < least) return false;
    rest_.remove_prefix(count);
    return true;
  }
  // One group of a base-60 number: ':' and 0 to 59, with or without a leading zero.
  bool sexagesimal_group() {
    if (rest_.size() < 2 || rest_[0] != ':' || !is_digit(rest_[1])) return false;
    const bool two = rest_.size() > 2 && is_digit(rest_[2]);
    if (two && rest_[1] > '5') return false;
    rest_.remove_prefix(two ? 3 : 2);
    return true;
  }

 private:
  std::string_view rest_;
};

template <std::size_t size>
bool is_among(std::string_view text, const std::array<std::string_view, size>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool has_value_after_prefix(Scanner scanner, std::string_view prefix, std::string_view digits) {
  return scanner.literal(prefix) && scanner.run_of(digits) > 0 && scanner.at_end();
}

// Consumes at least one group, then must be at the end, or at ".digits" for a float.
bool is_base_60(Scanner scanner, std::string_view first, bool fraction) {
  if (!scanner.one_of(first)) return false;
  scanner.run_of(kDigitsAndUnderscore);
  if (!scanner.sexagesimal_group()) return false;
  while (scanner.sexagesimal_group()) {
  }
  if (fraction) {
    if (!scanner.one_of(".")) return false;
    scanner.run_of(kDigitsAndUnderscore);
  }
  return scanner.at_end();
}

// [eE][-+][0-9]+ or nothing: without a sign it is no exponent, so 1.0e5 is text.
bool ends_with_exponent_or_nothing(Scanner scanner) {
  if (scanner.at_end()) return true;
  return scanner.one_of("eE") && scanner.one_of("+-") && scanner.run_of(kDigits) > 0 &&
         scanner.at_end();
}

bool is_time_of_day(Scanner scanner) {
  if (!scanner.one_of("Tt") && scanner.run_of(" \t") == 0) return false;
  if (!scanner.digits(1, 2) || !scanner.one_of(":") || !scanner.digits(2, 2)) return false;
  if (!scanner.one_of(":") || !scanner.digits(2, 2)) return false;
  if (scanner.one_of(".")) scanner.run_of(kDigits);
  if (scanner.at_end()) return true;
  scanner.run_of(" \t");
  if (scanner.one_of("Z")) return scanner.at_end();
  if (!scanner.one_of("+-") || !scanner.digits(1, 2)) return false;
  if (scanner.one_of(":") && !scanner.digits(2, 2)) return false;
  return scanner.at_end();
}

}  // namespace

bool is_null_form(std::string_view text) {
  return is_among(text, std::array<std::string_view, 5>{"", "~", "null", "Null", "NULL"});
}

bool is_bool_form(std::string_view text) {
  return is_among(text, std::array<std::string_view, 18>{
                            "yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false",
                            "False", "FALSE", "on", "On", "ON", "off", "Off", "OFF"});
}

bool is_int_form(std::string_view text) {
  Scanner scanner(text);
  scanner.one_of("+-");
  if (has_value_after_prefix(scanner, "0b", "01_")) return true;
  if (has_value_after_prefix(scanner, "0x", "0123456789abcdefABCDEF_")) return true;
  if (has_value_after_prefix(scanner, "0", "01234567_")) return true;
  if (is_base_60(scanner, "123456789", false)) return true;
  if (scanner.literal("0")) return scanner.at_end();
  if (!scanner.one_of("123456789")) return false;
  scanner.run_of(kDigitsAndUnderscore);
  return scanner.at_end();
}

bool is_float_form(std::string_view text) {
  if (is_among(text, std::array<std::string_view, 3>{".nan", ".NaN", ".NAN"})) return true;
  Scanner scanner(text);
  if (scanner.one_of(".")) {  // without a sign: "-.5" is text
    Scanner fraction = scanner;
    if (fraction.one_of(kDigits)) {
      fraction.run_of(kDigitsAndUnderscore);
      return ends_with_exponent_or_nothing(fraction);
    }
  }
  Scanner number(text);
  number.one_of("+-");
  for (const std::string_view word : {".inf", ".Inf", ".INF"}) {
    Scanner infinity = number;
    if (infinity.literal(word) && infinity.at_end()) return true;
  }
  if (is_base_60(number, kDigits, true)) return true;
  if (!number.one_of(kDigits)) return false;
  number.run_of(kDigitsAndUnderscore);
  if (!number.one_of(".")) return false;
  number.run_of(kDigitsAndUnderscore);
  return ends_with_exponent_or_nothing(number);
}

bool is_date_form(std::string_view text) {
  Scanner scanner(text);
  if (!scanner.digits(4, 4) || !scanner.one_of("-")) return false;
  Scanner short_form = scanner;
  if (short_form.digits(2, 2) && short_form.one_of("-") && short_form.digits(2, 2) &&
      short_form.at_end()) {
    return true;
  }
  return scanner.digits(1, 2) && scanner.one_of("-") && scanner.digits(1, 2) &&
         is_time_of_day(scanner);
}

}  // namespace batchmill::yaml
