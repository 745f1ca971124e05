#pragma once

#include <string_view>

// Dates with slashes: mm/dd/yyyy or dd/mm/yyyy with two-digit parts, alone or followed by a space
// and HH:MM or HH:MM:SS (mltable-and-data.md 2.6). Pure.
namespace batchmill::data {

enum class TimeForm { kNone, kMinutes, kSeconds };

struct SlashDate {
  bool is_valid = false;     // has the form, and a time that exists
  bool month_first = false;  // the date exists when read so
  bool day_first = false;
  TimeForm time = TimeForm::kNone;
};

SlashDate read_slash_date(std::string_view text);

// Reads exactly `count` digits off the front; -1 when there are none.
int take_digits(std::string_view& text, std::size_t count);
bool take(std::string_view& text, char expected);
bool is_date(int year, int month, int day);
// HH:MM, or HH:MM:SS when that is there; false when it is no time. `has_seconds` tells which.
bool take_time(std::string_view& text, bool& has_seconds);

}  // namespace batchmill::data
