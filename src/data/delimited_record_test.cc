#include "data/delimited_record.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::data {
namespace {

using ::testing::ElementsAreArray;

TEST(RecordSplitter, SplitsByTheRules) {
  const struct {
    std::string line;
    std::vector<std::string> fields;
    bool open = false;
  } cases[] = {
      {"a,b,c", {"a", "b", "c"}},
      {"a,,c", {"a", "", "c"}},
      {"a,", {"a", ""}},
      {",", {"", ""}},
      {"", {""}},
      {" a , b ", {" a ", " b "}},
      {"\"a,b\",c", {"a,b", "c"}},
      {"\"a\"\"b\",c", {"a\"b", "c"}},
      {"\"\",x", {"", "x"}},
      {"\"a\"b,c", {"ab", "c"}},
      {"\"a\"b\"c,d", {"ab\"c", "d"}},
      {"a\"b,c", {"a\"b", "c"}},
      {" \"a,b\"", {" \"a", "b\""}},
      // The lines of mltable-and-data.md 2.4.
      {"A2,\"B", {"A2", "B"}, true},
      {"2\",C2", {"2\"", "C2"}},
      {"a,\"b,c,d", {"a", "b,c,d"}, true},
      {"a,\"", {"a", ""}, true},
      {"a,\"b\"\"", {"a", "b\""}, true},
  };
  RecordSplitter splitter(',');
  for (const auto& c : cases) {
    EXPECT_THAT(splitter.split(c.line), ElementsAreArray(c.fields)) << c.line;
    EXPECT_EQ(splitter.left_quote_open(), c.open) << c.line;
  }
}

TEST(RecordSplitter, TakesOtherDelimiters) {
  EXPECT_THAT(RecordSplitter(';').split("a;1,5;\"b;c\""), ElementsAreArray({"a", "1,5", "b;c"}));
  EXPECT_THAT(RecordSplitter('\t').split("a\t\tb"), ElementsAreArray({"a", "", "b"}));
  EXPECT_THAT(RecordSplitter(' ').split("5 162 60"), ElementsAreArray({"5", "162", "60"}));
}

TEST(RecordSplitter, ManyQuotedFieldsStayValid) {
  std::string line;
  std::vector<std::string> expected;
  for (int i = 0; i < 5000; ++i) {
    line += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\"\"x\"";
    expected.push_back(std::to_string(i) + "\"x");
  }
  RecordSplitter splitter(',');
  EXPECT_THAT(splitter.split(line), ElementsAreArray(expected));
}

}  // namespace
}  // namespace batchmill::data
