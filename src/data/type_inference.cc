#include "data/type_inference.h"

#include <charconv>

#include "base/text.h"
#include "data/date_forms.h"

namespace batchmill::data {

namespace {

enum Candidate : std::uint32_t {
  kBoolBit = 1,
  kIntBit = 2,
  kFloatBit = 4,
  kIsoBit = 8,
  // One bit for each form of time, from kNone on.
  kMonthFirstBits = 0b111 << 4,
  kDayFirstBits = 0b111 << 7,
};

std::uint32_t slash_bits(std::string_view value) {
  const SlashDate date = read_slash_date(value);
  if (!date.is_valid) return 0;
  const auto form = static_cast<unsigned>(date.time);
  std::uint32_t bits = 0;
  if (date.month_first) bits |= (1U << 4) << form;
  if (date.day_first) bits |= (1U << 7) << form;
  return bits;
}

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
  return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t take_all_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  text.remove_prefix(count);
  return count;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && starts_with_ignoring_case(text, lower);
}

// 'Z', +HH:MM, +HHMM or +HH.
bool is_zone(std::string_view text) {
  if (text == "Z") return true;
  if (!take(text, '+') && !take(text, '-')) return false;
  const int hours = take_digits(text, 2);
  if (hours < 0 || hours > 23) return false;
  if (text.empty()) return true;
  take(text, ':');
  const int minutes = take_digits(text, 2);
  return minutes >= 0 && minutes <= 59 && text.empty();
}

}  // namespace

bool is_bool(std::string_view text) {
  return equals_ignoring_case(text, "true") || equals_ignoring_case(text, "false");
}

bool is_int(std::string_view text) {
  const std::string_view digits = without_sign(text);
  if (digits.empty() || !is_digit(digits.front())) return false;
  if (text.front() == '+') text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool is_float(std::string_view text) {
  text = without_sign(text);
  if (text.empty()) return false;
  if (!is_digit(text.front()) && text.front() != '.') {
    return equals_ignoring_case(text, "nan") || equals_ignoring_case(text, "inf") ||
           equals_ignoring_case(text, "infinity");
  }
  std::size_t digits = take_all_digits(text);
  if (take(text, '.')) digits += take_all_digits(text);
  if (digits == 0) return false;
  if (take(text, 'e') || take(text, 'E')) {
    text = without_sign(text);
    if (take_all_digits(text) == 0) return false;
  }
  return text.empty();
}

bool is_iso_datetime(std::string_view text) {
  const int year = take_digits(text, 4);
  if (year < 0 || !take(text, '-')) return false;
  const int month = take_digits(text, 2);
  if (month < 0 || !take(text, '-')) return false;
  const int day = take_digits(text, 2);
  if (day < 0 || !is_date(year, month, day)) return false;
  if (text.empty()) return true;
  if (!take(text, 'T') && !take(text, ' ')) return false;
  bool has_seconds = false;
  if (!take_time(text, has_seconds)) return false;
  if (has_seconds && take(text, '.') && take_all_digits(text) == 0) return false;
  return text.empty() || is_zone(text);
}

void ColumnTyper::add(std::string_view value) {
  if (value.empty()) return;
  seen_ = true;
  if (candidates_ == 0) return;
  if ((candidates_ & kBoolBit) != 0 && !is_bool(value)) candidates_ &= ~std::uint32_t{kBoolBit};
  if ((candidates_ & kIntBit) != 0) {
    if (is_int(value)) {
      const std::string_view digits = without_sign(value);
      leading_zeros_ = leading_zeros_ || (digits.size() > 1 && digits.front() == '0');
    } else {
      candidates_ &= ~std::uint32_t{kIntBit};
    }
  }
  if ((candidates_ & kFloatBit) != 0 && !is_float(value)) candidates_ &= ~std::uint32_t{kFloatBit};
  if ((candidates_ & kIsoBit) != 0 && !is_iso_datetime(value)) {
    candidates_ &= ~std::uint32_t{kIsoBit};
  }
  constexpr std::uint32_t kSlash = kMonthFirstBits | kDayFirstBits;
  if ((candidates_ & kSlash) != 0) candidates_ &= slash_bits(value) | ~kSlash;
  candidates_ &= kBoolBit | kIntBit | kFloatBit | kIsoBit | kSlash;
}

ColumnType ColumnTyper::type() const {
  if (!seen_) return ColumnType::kString;
  if ((candidates_ & kBoolBit) != 0) return ColumnType::kBool;
  if ((candidates_ & kIntBit) != 0) return ColumnType::kInt;
  if ((candidates_ & kFloatBit) != 0) return ColumnType::kFloat;
  return candidates_ != 0 ? ColumnType::kDatetime : ColumnType::kString;
}

std::string ColumnTyper::datetime_format() const {
  if (type() != ColumnType::kDatetime) return "";
  if ((candidates_ & kIsoBit) != 0) return "iso";
  const std::uint32_t month_first = (candidates_ & kMonthFirstBits) >> 4;
  const std::uint32_t form = month_first != 0 ? month_first : (candidates_ & kDayFirstBits) >> 7;
  const std::string date = month_first != 0 ? "m/d/Y" : "d/m/Y";
  return date + (form == 1 ? "" : form == 2 ? " H:M" : " H:M:S");
}

bool ColumnTyper::day_and_month_ambiguous() const {
  return type() == ColumnType::kDatetime && (candidates_ & kMonthFirstBits) != 0 &&
         (candidates_ & kDayFirstBits) != 0;
}

bool ColumnTyper::has_leading_zeros() const { return type() == ColumnType::kInt && leading_zeros_; }

}  // namespace batchmill::data
