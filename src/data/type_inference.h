#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/table.h"

// Typing of one column from its values (mltable-and-data.md 2.6). Pure.
namespace batchmill::data {

// Takes a column's values and tells the first type that fits all of them, in the order bool, int,
// float, datetime, string. Empty values are null and fit everything; a column of nulls is string.
class ColumnTyper {
 public:
  void add(std::string_view value);

  ColumnType type() const;
  // For kDatetime: "iso"; "m/d/Y" or "d/m/Y", with " H:M" or " H:M:S" behind it when all values
  // have such a time. Month first when both fit.
  std::string datetime_format() const;
  bool day_and_month_ambiguous() const;  // both orders fit
  bool has_leading_zeros() const;        // an int column with values like "007"

 private:
  std::uint32_t candidates_ = UINT32_MAX;  // bits of type_inference.cc
  bool seen_ = false;
  bool leading_zeros_ = false;
};

// The forms, one by one.
bool is_bool(std::string_view text);   // true, false; any case
bool is_int(std::string_view text);    // optional sign, digits, within 64 bits
bool is_float(std::string_view text);  // point decimal, exponent, nan, inf, infinity; any case
// YYYY-MM-DD, then optionally 'T' or a space and HH:MM, HH:MM:SS or HH:MM:SS.fraction, then
// optionally 'Z' or an offset +HH:MM, +HHMM or +HH. Only dates and times that exist.
bool is_iso_datetime(std::string_view text);

}  // namespace batchmill::data
