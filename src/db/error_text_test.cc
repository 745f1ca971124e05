#include "db/error_text.h"

#include <gtest/gtest.h>

namespace batchmill::db {
namespace {

using std::string;

const string kMarkText(1, '\x01');

TEST(ErrorText, ValuesOfTheOneMiniBatchAreSplitOff) {
  const string record =
      R"({"code": 901, "type":"ValueError", "message" : "bad \"a\"", "frames": [{"message": "x"}], )"
      R"("item": "a.csv", "mini_batch": 17, "notes": [], "detail":""})";
  const ErrorText parts = split_error(record);
  EXPECT_EQ(parts.common, R"({"code": 901, "type":"ValueError", "message" : )" + kMarkText +
                              R"(, "frames": [{"message": "x"}], "item": )" + kMarkText +
                              R"(, "mini_batch": )" + kMarkText + R"(, "notes": [], "detail":)" +
                              kMarkText + "}");
  EXPECT_EQ(parts.own, R"("bad \"a\"")" + kMarkText + R"("a.csv")" + kMarkText + "17" + kMarkText +
                           R"("")" + kMarkText);
  EXPECT_EQ(join_error(parts.common, parts.own), record);
}

TEST(ErrorText, EveryTextComesBackByteForByte) {
  const string long_message = R"({"message": ")" + string(5'000, 'm') + R"(", "item": "i"})";
  for (const string& record :
       {string(), string("boom"), string("{}"), string("{"), string("[1]"), string(R"({"item"})"),
        string(R"({"item": })"), string(R"({"item": "unclosed)"), string(R"({"item":"x\)"),
        string(R"({"item": {"a": [1, "}"]}, "message": null} tail)"),
        string("{\"item\": \"\x01\"}"), string("\x01\x01"), string(R"( { "mini_batch" : -1 } )"),
        long_message}) {
    const ErrorText parts = split_error(record);
    EXPECT_EQ(join_error(parts.common, parts.own), record) << record;
  }
  EXPECT_EQ(split_error(long_message).own, "\"i\"" + kMarkText) << "long values stay shared";
}

TEST(ErrorText, ShortenedKeepsWhatNamesTheFailure) {
  const string record = R"({"code": 901, "type": "E", "message": ")" + string(389, 'm') +
                        "\xC3\xA4"
                        R"(\"tail", "place": {"file": "s.py", "line": 3}, )"
                        R"("frames": [1, 2], "detail": "d", "item": "i"})";
  EXPECT_EQ(shorten_error(record), R"({"code": 901, "type": "E", "message": ")" + string(389, 'm') +
                                       "\xC3\xA4\\\""
                                       R"(ta...", "place": {"file": "s.py", "line": 3}, )"
                                       R"("item": "i", "shortened": true})");
  EXPECT_EQ(shorten_error(string(1'000, 'x')).size(), kLongestOwnPart);
}

TEST(ErrorText, AShortenedMessageNeverEndsInsideACharacterOrEscape) {
  for (std::size_t padding = 380; padding < 400; ++padding) {
    const string value = string(padding, 'm') +
                         "\xE2\x82\xAC"
                         R"(\u00e4\\)" +
                         string(20, 'n');
    const string shortened = shorten_error(R"({"message": ")" + value + R"("})");
    const auto begin = shortened.find('m', 11);
    const string kept = shortened.substr(begin, shortened.find("...\"") - begin);
    const string rest = kept.substr(padding < kept.size() ? padding : kept.size());
    const std::vector<string> whole = {"", "\xE2\x82\xAC", "\xE2\x82\xAC\\u00e4",
                                       "\xE2\x82\xAC\\u00e4\\\\"};
    const bool is_whole =
        std::ranges::find(whole, rest) != whole.end() || rest.starts_with(whole.back() + "n");
    EXPECT_TRUE(is_whole) << padding << ": " << rest;
  }
}

}  // namespace
}  // namespace batchmill::db
