#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/size_text.h"
#include "pipeline/typed_scalar.h"

namespace batchmill::pipeline {
namespace {

yaml::Scalar plain(std::string_view text) { return yaml::resolve_plain(text); }
yaml::Scalar quoted(std::string text) {
  yaml::Scalar scalar;
  scalar.text = std::move(text);
  return scalar;
}

TEST(Spec4_3, SizesAreNumbersOfFilesOrBytes) {
  EXPECT_EQ(parse_mini_batch_size("10")->amount, 10u);
  EXPECT_FALSE(parse_mini_batch_size("10")->bytes);
  EXPECT_EQ(parse_mini_batch_size("10kb")->amount, 10240u);
  EXPECT_TRUE(parse_mini_batch_size("10kb")->bytes);
  EXPECT_EQ(parse_mini_batch_size("100 KB")->amount, 102400u);
  EXPECT_EQ(parse_mini_batch_size("2Mb")->amount, 2u << 20);
  EXPECT_EQ(parse_mini_batch_size("1gB")->amount, 1u << 30);
  EXPECT_EQ(parse_mini_batch_size("1gB")->text, "1gB");
}

TEST(Spec4_3, SizesAreNothingElse) {
  for (const char* text : {"", "0", "0kb", "-1", "+1", "1.5mb", "ten", "10b", "10tb", "10  kb",
                           "10 ", "kb", "18446744073709551615kb", "99999999999999999999"}) {
    const bool trims = std::string(text) == "10 ";
    EXPECT_EQ(parse_mini_batch_size(text).has_value(), trims) << text;
  }
}

TEST(TypedScalar, ReadsIntegers) {
  EXPECT_EQ(as_integer(plain("12")), 12);
  EXPECT_EQ(as_integer(plain("12.0")), 12);
  EXPECT_EQ(as_integer(quoted(" 12 ")), 12);
  EXPECT_EQ(as_integer(plain("0x10")), 16);
  for (const char* text :
       {"12.5", "yes", "many", "~", "nan", ".inf", "1e300", "99999999999999999999"}) {
    EXPECT_EQ(as_integer(plain(text)), std::nullopt) << text;
  }
}

TEST(TypedScalar, ReadsBooleans) {
  for (const char* text : {"true", "True", "TRUE", "tRuE", "yes", "on", "1"}) {
    EXPECT_EQ(as_boolean(quoted(text)), true) << text;
  }
  for (const char* text : {"false", "False", "no", "off", "0"}) {
    EXPECT_EQ(as_boolean(quoted(text)), false) << text;
  }
  for (const char* text : {"", "maybe", "2", "t"}) {
    EXPECT_EQ(as_boolean(quoted(text)), std::nullopt) << text;
  }
}

TEST(TypedScalar, ConvertsByTheRule) {
  KeyRule rule;
  rule.kind = ValueKind::kInteger;
  rule.range = Range{-1, 5};
  EXPECT_EQ(std::get<std::int64_t>(std::get<TypedScalar>(convert(plain("-1"), rule))), -1);
  EXPECT_EQ(std::get<ScalarProblem>(convert(plain("-2"), rule)), ScalarProblem::kRange);
  EXPECT_EQ(std::get<ScalarProblem>(convert(plain("6"), rule)), ScalarProblem::kRange);
  EXPECT_EQ(std::get<ScalarProblem>(convert(plain("99999999999999999999"), rule)),
            ScalarProblem::kRange);
  EXPECT_EQ(std::get<ScalarProblem>(convert(plain("x"), rule)), ScalarProblem::kType);
  rule.kind = ValueKind::kNumber;
  EXPECT_EQ(std::get<double>(std::get<TypedScalar>(convert(plain("2.5"), rule))), 2.5);
  EXPECT_EQ(std::get<ScalarProblem>(convert(plain(".nan"), rule)), ScalarProblem::kRange);
  rule.kind = ValueKind::kChoice;
  rule.allowed = {"INFO", "DEBUG"};
  EXPECT_EQ(std::get<std::string>(std::get<TypedScalar>(convert(plain("debug"), rule))), "DEBUG");
  EXPECT_EQ(std::get<ScalarProblem>(convert(plain("loud"), rule)), ScalarProblem::kChoice);
}

}  // namespace
}  // namespace batchmill::pipeline
