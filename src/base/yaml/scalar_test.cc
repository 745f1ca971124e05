#include "base/yaml/scalar.h"

#include <charconv>
#include <cstring>
#include <random>

#include <gtest/gtest.h>

namespace batchmill::yaml {
namespace {

struct Case {
  const char* plain;
  ScalarKind kind;
  const char* python;  // str() of what SafeLoader makes of it
};

// What PyYAML 6.0 and Python print. Three rows differ on purpose: numbers without a digit ("0x_"),
// on which SafeLoader raises, are text.
constexpr Case kCases[] = {
    {"yes", ScalarKind::kBool, "True"},
    {"No", ScalarKind::kBool, "False"},
    {"on", ScalarKind::kBool, "True"},
    {"OFF", ScalarKind::kBool, "False"},
    {"TRUE", ScalarKind::kBool, "True"},
    {"false", ScalarKind::kBool, "False"},
    {"y", ScalarKind::kText, "y"},
    {"n", ScalarKind::kText, "n"},
    {"True", ScalarKind::kBool, "True"},
    {"nUll", ScalarKind::kText, "nUll"},
    {"null", ScalarKind::kNull, ""},
    {"~", ScalarKind::kNull, ""},
    {"NULL", ScalarKind::kNull, ""},
    {"Null", ScalarKind::kNull, ""},
    {"0", ScalarKind::kInt, "0"},
    {"1", ScalarKind::kInt, "1"},
    {"-1", ScalarKind::kInt, "-1"},
    {"+5", ScalarKind::kInt, "5"},
    {"012", ScalarKind::kInt, "10"},
    {"0o7", ScalarKind::kText, "0o7"},
    {"08", ScalarKind::kText, "08"},
    {"0b101", ScalarKind::kInt, "5"},
    {"-0b11", ScalarKind::kInt, "-3"},
    {"0x1F", ScalarKind::kInt, "31"},
    {"0x_", ScalarKind::kText, "0x_"},
    {"0b_", ScalarKind::kText, "0b_"},
    {"1_000", ScalarKind::kInt, "1000"},
    {"_1", ScalarKind::kText, "_1"},
    {"1:30", ScalarKind::kInt, "90"},
    {"1:60", ScalarKind::kText, "1:60"},
    {"190:20:30", ScalarKind::kInt, "685230"},
    {"-1:05", ScalarKind::kInt, "-65"},
    {"1:5", ScalarKind::kInt, "65"},
    {"0:30", ScalarKind::kText, "0:30"},
    {"01:30", ScalarKind::kText, "01:30"},
    {"1:30.5", ScalarKind::kFloat, "90.5"},
    {"190:20:30.15", ScalarKind::kFloat, "685230.15"},
    {"20:30:.", ScalarKind::kText, "20:30:."},
    {"1e3", ScalarKind::kText, "1e3"},
    {"1e-3", ScalarKind::kText, "1e-3"},
    {"1.0e5", ScalarKind::kText, "1.0e5"},
    {"1.0e+5", ScalarKind::kFloat, "100000.0"},
    {"1.0E-5", ScalarKind::kFloat, "1e-05"},
    {"1.", ScalarKind::kFloat, "1.0"},
    {"1.5", ScalarKind::kFloat, "1.5"},
    {".5", ScalarKind::kFloat, "0.5"},
    {"-.5", ScalarKind::kText, "-.5"},
    {"+1.5", ScalarKind::kFloat, "1.5"},
    {"-1.5", ScalarKind::kFloat, "-1.5"},
    {"1_0.5", ScalarKind::kFloat, "10.5"},
    {"._5", ScalarKind::kText, "._5"},
    {".inf", ScalarKind::kFloat, "inf"},
    {"-.inf", ScalarKind::kFloat, "-inf"},
    {"+.INF", ScalarKind::kFloat, "inf"},
    {".NaN", ScalarKind::kFloat, "nan"},
    {"-.nan", ScalarKind::kText, "-.nan"},
    {".nAn", ScalarKind::kText, ".nAn"},
    {"1.8", ScalarKind::kFloat, "1.8"},
    {"0.01", ScalarKind::kFloat, "0.01"},
    {"1e16", ScalarKind::kText, "1e16"},
    {"10000000000000000.0", ScalarKind::kFloat, "1e+16"},
    {"123456789012345678.0", ScalarKind::kFloat, "1.2345678901234568e+17"},
    {"0.0001", ScalarKind::kFloat, "0.0001"},
    {"0.00001", ScalarKind::kFloat, "1e-05"},
    {"1.7976931348623157e+308", ScalarKind::kFloat, "1.7976931348623157e+308"},
    {"1.0e+400", ScalarKind::kFloat, "inf"},
    {"1.0e-400", ScalarKind::kFloat, "0.0"},
    {"-0.0", ScalarKind::kFloat, "-0.0"},
    {"0.1", ScalarKind::kFloat, "0.1"},
    {"100.0", ScalarKind::kFloat, "100.0"},
    {"5e-324", ScalarKind::kText, "5e-324"},
    {"2.5e-7", ScalarKind::kFloat, "2.5e-07"},
    {"2024-01-01", ScalarKind::kDate, "2024-01-01"},
    {"2024-1-1", ScalarKind::kText, "2024-1-1"},
    {"2024-01-01T10:00:00Z", ScalarKind::kDate, "2024-01-01T10:00:00Z"},
    {"2024-1-1T1:00:00", ScalarKind::kDate, "2024-1-1T1:00:00"},
    {"2024-01-01_", ScalarKind::kText, "2024-01-01_"},
    {"2024-01-01T10:00", ScalarKind::kText, "2024-01-01T10:00"},
    {"99999999999999999999", ScalarKind::kInt, "99999999999999999999"},
    {"-99999999999999999999", ScalarKind::kInt, "-99999999999999999999"},
    {"0xFFFFFFFFFFFFFFFFFF", ScalarKind::kInt, "4722366482869645213695"},
    {"9223372036854775807", ScalarKind::kInt, "9223372036854775807"},
    {"9223372036854775808", ScalarKind::kInt, "9223372036854775808"},
    {"-9223372036854775808", ScalarKind::kInt, "-9223372036854775808"},
    {"0_", ScalarKind::kInt, "0"},
    {"0.", ScalarKind::kFloat, "0.0"},
    {"00", ScalarKind::kInt, "0"},
    {"007", ScalarKind::kInt, "7"},
    {"0_7", ScalarKind::kInt, "7"},
    {"1__0", ScalarKind::kInt, "10"},
    {"-0", ScalarKind::kInt, "0"},
    {"+0", ScalarKind::kInt, "0"},
    {"0x", ScalarKind::kText, "0x"},
    {"-0x1f", ScalarKind::kInt, "-31"},
    {"100:30", ScalarKind::kInt, "6030"},
    {"100_0:30", ScalarKind::kInt, "60030"},
    {"abc", ScalarKind::kText, "abc"},
    {"1.2.3", ScalarKind::kText, "1.2.3"},
    {"v1", ScalarKind::kText, "v1"},
    {"<<", ScalarKind::kText, "<<"},
    {"2024-01-01 10:00:00", ScalarKind::kDate, "2024-01-01 10:00:00"},
    {"2024-01-01 10:00:00 +01:30", ScalarKind::kDate, "2024-01-01 10:00:00 +01:30"},
    {"2024-01-01 10:00:00.5  -5", ScalarKind::kDate, "2024-01-01 10:00:00.5  -5"},
    {"2024-01-01T10:00:00 ", ScalarKind::kText, "2024-01-01T10:00:00 "},
    {"", ScalarKind::kNull, ""},
};

TEST(ResolvePlain, AgreesWithPyYaml) {
  for (const Case& c : kCases) {
    const Scalar scalar = resolve_plain(c.plain);
    EXPECT_EQ(scalar.kind, c.kind) << '"' << c.plain << "\" is " << name_of(scalar.kind);
    EXPECT_EQ(python_text(scalar), c.python) << c.plain;
  }
}

TEST(ResolvePlain, GivesIntegersThatFit) {
  EXPECT_EQ(resolve_plain("-9223372036854775808").integer, INT64_MIN);
  EXPECT_EQ(resolve_plain("0x10").integer, 16);
  EXPECT_EQ(resolve_plain("1:30").integer, 90);
  EXPECT_FALSE(resolve_plain("9223372036854775808").integer);
  EXPECT_DOUBLE_EQ(resolve_plain("9223372036854775808").real, 9223372036854775808.0);
}

TEST(ResolvePlain, LeavesNumbersAloneThatPythonRefuses) {
  EXPECT_EQ(resolve_plain(std::string(5000, '1')).kind, ScalarKind::kText);
}

ScalarKind kind_in_file(const std::string& text) {
  const Document document = parse("a.yml", "k: " + text + "\n");
  EXPECT_TRUE(document.problems().empty()) << text;
  return resolve(document.root().find("k")).kind;
}

TEST(Resolve, QuotesAndTagsDecide) {
  EXPECT_EQ(kind_in_file("yes"), ScalarKind::kBool);
  EXPECT_EQ(kind_in_file("'yes'"), ScalarKind::kText);
  EXPECT_EQ(kind_in_file("!!str yes"), ScalarKind::kText);
  EXPECT_EQ(kind_in_file("!!int '5'"), ScalarKind::kInt);
  EXPECT_EQ(kind_in_file("!!float 5"), ScalarKind::kFloat);
  EXPECT_EQ(kind_in_file("|\n  5"), ScalarKind::kText);
  EXPECT_EQ(kind_in_file(""), ScalarKind::kNull);
  EXPECT_EQ(kind_in_file("''"), ScalarKind::kText);
  EXPECT_EQ(kind_in_file("[1]"), ScalarKind::kText);
}

TEST(Resolve, NothingIsNull) {
  EXPECT_TRUE(is_null(Value()));
  EXPECT_TRUE(is_null(parse("a.yml", "a: ~").root().find("a")));
  EXPECT_FALSE(is_null(parse("a.yml", "a: []").root().find("a")));
}

TEST(PythonFloat, ReadsBackAsTheSameNumber) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 2000; ++round) {
    const std::uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (value != value) continue;
    const std::string text = python_float(value);
    double back = 0;
    std::from_chars(text.data(), text.data() + text.size(), back);
    EXPECT_EQ(back, value) << text;
  }
}

}  // namespace
}  // namespace batchmill::yaml
