#include "base/yaml/scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/yaml/plain_forms.h"

namespace batchmill::yaml {
namespace {

// Python refuses to convert longer texts to int; for us they are text.
constexpr std::size_t kLongestNumber = 4300;
constexpr std::string_view kStandardTags = "tag:yaml.org,2002:";

std::string without_underscores(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](char c) { return c != '_'; });
  return digits;
}

bool take_sign(std::string_view& digits) {
  if (digits.empty() || (digits.front() != '-' && digits.front() != '+')) return false;
  const bool negative = digits.front() == '-';
  digits.remove_prefix(1);
  return negative;
}

// A whole number of any size, as decimal digits with the least significant first.
class Decimal {
 public:
  void multiply_and_add(unsigned factor, unsigned summand) {
    unsigned carry = summand;
    for (unsigned& digit : digits_) {
      carry += digit * factor;
      digit = carry % 10;
      carry /= 10;
    }
    for (; carry > 0; carry /= 10) digits_.push_back(carry % 10);
  }
  std::string text(bool negative) const {
    if (digits_.empty()) return "0";
    std::string result = negative ? "-" : "";
    for (auto digit = digits_.rbegin(); digit != digits_.rend(); ++digit) {
      result += static_cast<char>('0' + *digit);
    }
    return result;
  }

 private:
  std::vector<unsigned> digits_;
};

unsigned digit_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  return static_cast<unsigned>((c | 0x20) - 'a') + 10;
}

void read_in_base(std::string_view digits, unsigned base, Decimal& number) {
  for (const char c : digits) number.multiply_and_add(base, digit_value(c));
}

// The first group has any number of digits, the others at most two.
void read_base_60(std::string_view digits, Decimal& number) {
  bool is_first = true;
  for (const std::string_view group : split(digits, ':')) {
    if (std::exchange(is_first, false)) {
      read_in_base(group, 10, number);
      continue;
    }
    unsigned value = 0;
    for (const char c : group) value = value * 10 + digit_value(c);
    number.multiply_and_add(60, value);
  }
}

// "" where Python would fail (no digits left, a digit outside the base).
std::string decimal_of(std::string_view text) {
  const std::string plain = without_underscores(text);
  std::string_view digits = plain;
  const bool negative = take_sign(digits);
  Decimal number;
  if (digits.starts_with("0b") || digits.starts_with("0x")) {
    if (digits.size() == 2) return "";
    read_in_base(digits.substr(2), digits[1] == 'b' ? 2 : 16, number);
  } else if (digits.starts_with("0") && digits.size() > 1) {
    read_in_base(digits.substr(1), 8, number);
  } else if (digits.find(':') != std::string_view::npos) {
    read_base_60(digits, number);
  } else {
    read_in_base(digits, 10, number);
  }
  return number.text(negative);
}

double parse_double(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc::result_out_of_range) return value;
  // from_chars leaves the value alone; tell overflow from underflow by the exponent's sign.
  return text.find("e-") != std::string_view::npos ? 0 : std::numeric_limits<double>::infinity();
}

double double_of(std::string_view text) {
  const std::string plain = to_lower(without_underscores(text));
  std::string_view digits = plain;
  const double sign = take_sign(digits) ? -1 : 1;
  if (digits == ".inf") return sign * std::numeric_limits<double>::infinity();
  if (digits == ".nan") return std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  for (const std::string_view group : split(digits, ':')) value = value * 60 + parse_double(group);
  return sign * value;
}

Scalar as_text(std::string_view text) {
  Scalar scalar;
  scalar.text = text;
  return scalar;
}

void read_int(Scalar& scalar) {
  if (scalar.text.size() > kLongestNumber) return;
  scalar.decimal = decimal_of(scalar.text);
  if (scalar.decimal.empty()) return;
  scalar.kind = ScalarKind::kInt;
  scalar.real = parse_double(scalar.decimal);
  std::int64_t value = 0;
  const char* end = scalar.decimal.data() + scalar.decimal.size();
  if (std::from_chars(scalar.decimal.data(), end, value).ec == std::errc()) scalar.integer = value;
}

void read_bool(Scalar& scalar) {
  const std::string lowered = to_lower(scalar.text);
  scalar.kind = ScalarKind::kBool;
  scalar.boolean = lowered == "yes" || lowered == "true" || lowered == "on";
}

void read_float(Scalar& scalar) {
  scalar.kind = ScalarKind::kFloat;
  scalar.real = double_of(scalar.text);
}

// What a tag makes of a text; a text that does not fit the tag stays text.
Scalar resolve_tagged(std::string_view tag, std::string_view text) {
  Scalar scalar = as_text(text);
  if (!tag.starts_with(kStandardTags)) return scalar;
  tag.remove_prefix(kStandardTags.size());
  if (tag == "null") scalar.kind = ScalarKind::kNull;
  if (tag == "bool" && is_bool_form(text)) read_bool(scalar);
  if (tag == "int" && is_int_form(text)) read_int(scalar);
  if (tag == "float" && (is_float_form(text) || is_int_form(text))) read_float(scalar);
  if (tag == "timestamp" && is_date_form(text)) scalar.kind = ScalarKind::kDate;
  return scalar;
}

// "d.ddd" times ten to the power of `exponent`, laid out as Python does.
std::string lay_out(const std::string& digits, int exponent) {
  const int count = static_cast<int>(digits.size());
  if (exponent < -4 || exponent >= 16) {
    std::string text = digits.substr(0, 1);
    if (count > 1) text += "." + digits.substr(1);
    const std::string power = std::to_string(std::abs(exponent));
    return text + (exponent < 0 ? "e-" : "e+") + (power.size() < 2 ? "0" : "") + power;
  }
  if (exponent < 0)
    return "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (whole >= digits.size()) return digits + std::string(whole - digits.size(), '0') + ".0";
  return digits.substr(0, whole) + "." + digits.substr(whole);
}

}  // namespace

const char* name_of(ScalarKind kind) {
  switch (kind) {
    case ScalarKind::kNull:
      return "null";
    case ScalarKind::kBool:
      return "boolean";
    case ScalarKind::kInt:
      return "integer";
    case ScalarKind::kFloat:
      return "number";
    case ScalarKind::kDate:
      return "date";
    case ScalarKind::kText:
      return "string";
  }
  return "string";
}

Scalar resolve_plain(std::string_view text) {
  Scalar scalar = as_text(text);
  if (is_null_form(text)) {
    scalar.kind = ScalarKind::kNull;
  } else if (is_bool_form(text)) {
    read_bool(scalar);
  } else if (is_float_form(text)) {
    read_float(scalar);
  } else if (is_int_form(text)) {
    read_int(scalar);
  } else if (is_date_form(text)) {
    scalar.kind = ScalarKind::kDate;
  }
  return scalar;
}

Scalar resolve(const Value& value) {
  if (!value.is_scalar()) return {};
  if (value.is_plain()) return resolve_plain(value.text());
  return resolve_tagged(value.tag(), value.text());
}

bool is_null(const Value& value) {
  if (!value) return true;
  return value.is_scalar() && resolve(value).kind == ScalarKind::kNull;
}

std::string python_text(const Scalar& scalar) {
  switch (scalar.kind) {
    case ScalarKind::kNull:
      return "";
    case ScalarKind::kBool:
      return scalar.boolean ? "True" : "False";
    case ScalarKind::kInt:
      return scalar.decimal;
    case ScalarKind::kFloat:
      return python_float(scalar.real);
    case ScalarKind::kDate:
    case ScalarKind::kText:
      return scalar.text;
  }
  return scalar.text;
}

std::string python_float(double value) {
  if (std::isnan(value)) return "nan";
  const std::string sign = std::signbit(value) ? "-" : "";
  if (std::isinf(value)) return sign + "inf";
  if (value == 0) return sign + "0.0";
  char buffer[64];
  const auto written = std::to_chars(buffer, buffer + sizeof buffer, std::fabs(value),
                                     std::chars_format::scientific);
  const std::string_view shortest(buffer, static_cast<std::size_t>(written.ptr - buffer));
  const std::size_t e = shortest.find('e');
  std::string digits(1, shortest.front());
  if (e > 2) digits += shortest.substr(2, e - 2);
  int exponent = 0;
  const char* power = shortest.data() + e + (shortest[e + 1] == '+' ? 2 : 1);
  std::from_chars(power, shortest.data() + shortest.size(), exponent);
  return sign + lay_out(digits, exponent);
}

}  // namespace batchmill::yaml
