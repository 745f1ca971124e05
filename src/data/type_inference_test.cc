#include "data/type_inference.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace batchmill::data {
namespace {

ColumnTyper typed(const std::vector<std::string>& values) {
  ColumnTyper typer;
  for (const auto& value : values) typer.add(value);
  return typer;
}

TEST(TypeInference, TakesTheFirstTypeThatFitsAllValues) {
  const struct {
    std::vector<std::string> values;
    ColumnType type;
    std::string format = "";
  } cases[] = {
      {{"TRUE", "false", "True"}, ColumnType::kBool},
      {{"true", "1"}, ColumnType::kString},
      {{"1", "-2", "+3"}, ColumnType::kInt},
      {{"1", "", "2"}, ColumnType::kInt},
      {{"1", "2.0"}, ColumnType::kFloat},
      {{"1", "NaN"}, ColumnType::kFloat},
      {{"1e5", "-.5", "3.", "inf", "-Infinity"}, ColumnType::kFloat},
      {{"9223372036854775807", "-9223372036854775808"}, ColumnType::kInt},
      {{"9223372036854775808"}, ColumnType::kFloat},
      {{"1,5"}, ColumnType::kString},
      {{"1", "x"}, ColumnType::kString},
      {{" 1"}, ColumnType::kString},
      {{"2024-01-31", "2024-02-01"}, ColumnType::kDatetime, "iso"},
      {{"2024-01-31", "2024-02-01 10:00:00", "2024-02-01T10:00Z"}, ColumnType::kDatetime, "iso"},
      {{"2024-02-30"}, ColumnType::kString},
      {{"10:30:00"}, ColumnType::kString},
      {{"12/31/2024"}, ColumnType::kDatetime, "m/d/Y"},
      {{"31/12/2024"}, ColumnType::kDatetime, "d/m/Y"},
      {{"01/02/2024", "31/12/2024"}, ColumnType::kDatetime, "d/m/Y"},
      {{"12/31/2024", "31/12/2024"}, ColumnType::kString},
      {{"12/31/2024 09:30", "01/01/2024 10:00"}, ColumnType::kDatetime, "m/d/Y H:M"},
      {{"31/12/2024 09:30:01"}, ColumnType::kDatetime, "d/m/Y H:M:S"},
      {{"12/31/2024", "01/01/2024 10:00"}, ColumnType::kString},
      {{"1/2/2024"}, ColumnType::kString},
      {{"NA", "1"}, ColumnType::kString},
      {{"null"}, ColumnType::kString},
      {{"", ""}, ColumnType::kString},
      {{}, ColumnType::kString},
  };
  for (const auto& c : cases) {
    const ColumnTyper typer = typed(c.values);
    const std::string first = c.values.empty() ? "no values" : c.values.front();
    EXPECT_STREQ(name_of(typer.type()), name_of(c.type)) << first;
    EXPECT_EQ(typer.datetime_format(), c.format) << first;
  }
}

TEST(TypeInference, TellsWhatWasNotCertain) {
  EXPECT_TRUE(typed({"01/02/2024"}).day_and_month_ambiguous());
  EXPECT_FALSE(typed({"01/02/2024", "01/13/2024"}).day_and_month_ambiguous());
  EXPECT_FALSE(typed({"2024-01-02"}).day_and_month_ambiguous());
  EXPECT_TRUE(typed({"1", "-007"}).has_leading_zeros());
  EXPECT_FALSE(typed({"0", "-1"}).has_leading_zeros());
  EXPECT_FALSE(typed({"007", "x"}).has_leading_zeros());
}

TEST(TypeInference, Forms) {
  for (const char* text : {"1", "-1.5", "+.5", "5.", "1E-7", "nan", "-inf"})
    EXPECT_TRUE(is_float(text)) << text;
  for (const char* text : {"", ".", "e5", "1e", "1.2.3", "0x10", "1_000", "infinit", "-"}) {
    EXPECT_FALSE(is_float(text)) << text;
  }
  for (const char* text : {"", "-", "+-1", "--1", "1.", "0x1"}) EXPECT_FALSE(is_int(text)) << text;
  for (const char* text :
       {"2024-01-31", "2024-01-31T23:59", "2024-01-31 23:59:59", "2024-01-31T00:00:00.123456",
        "2024-01-31T00:00:00Z", "2024-01-31T00:00:00.5+02:00", "2024-01-31 00:00-0330",
        "2024-02-29 00:00:00+01"}) {
    EXPECT_TRUE(is_iso_datetime(text)) << text;
  }
  for (const char* text :
       {"2023-02-29", "2024-1-31", "2024-01-31T24:00", "2024-01-31T10", "2024-01-31 10:00:00.",
        "2024-01-31Z", "2024-01-31T10:00z", "2024-01-31T10:00+2", "20240131", "0000-01-01"}) {
    EXPECT_FALSE(is_iso_datetime(text)) << text;
  }
}

}  // namespace
}  // namespace batchmill::data
