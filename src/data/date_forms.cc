#include "data/date_forms.h"

namespace batchmill::data {

int take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return -1;
  int number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    number = number * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return number;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

bool is_date(int year, int month, int day) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool take_time(std::string_view& text, bool& has_seconds) {
  const int hour = take_digits(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return false;
  const int minute = take_digits(text, 2);
  if (minute < 0 || minute > 59) return false;
  has_seconds = take(text, ':');
  if (!has_seconds) return true;
  const int second = take_digits(text, 2);
  return second >= 0 && second <= 59;
}

SlashDate read_slash_date(std::string_view text) {
  SlashDate date;
  const int first = take_digits(text, 2);
  if (first < 0 || !take(text, '/')) return date;
  const int second = take_digits(text, 2);
  if (second < 0 || !take(text, '/')) return date;
  const int year = take_digits(text, 4);
  if (year < 0) return date;
  if (!text.empty()) {
    bool has_seconds = false;
    if (!take(text, ' ') || !take_time(text, has_seconds) || !text.empty()) return date;
    date.time = has_seconds ? TimeForm::kSeconds : TimeForm::kMinutes;
  }
  date.month_first = is_date(year, first, second);
  date.day_first = is_date(year, second, first);
  date.is_valid = date.month_first || date.day_first;
  return date;
}

}  // namespace batchmill::data
