#include "pipeline/shell_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::pipeline {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> words(std::string_view text) { return split_words({{text}}).words; }

TEST(SplitWords, FollowsThePosixShell) {
  EXPECT_THAT(words("  a\tb\n c "), ElementsAre("a", "b", "c"));
  EXPECT_THAT(words("'a b' \"c d\" e'f'\"g\""), ElementsAre("a b", "c d", "efg"));
  EXPECT_THAT(words("'' \"\""), ElementsAre("", ""));
  EXPECT_THAT(words(R"(a\ b \' '\n' "\n\"\\")"), ElementsAre("a b", "'", "\\n", "\\n\"\\"));
  EXPECT_THAT(words("a\\\nb"), ElementsAre("ab"));
  EXPECT_THAT(words("$HOME *.py ; # | a"), ElementsAre("$HOME", "*.py", ";", "#", "|", "a"));
  EXPECT_THAT(words(""), ElementsAre());
  EXPECT_THAT(words("a\\"), ElementsAre("a\\"));
}

TEST(SplitWords, KeepsWholePartsTogether) {
  EXPECT_THAT(split_words({{"--in ", false}, {"/a b/'c", true}, {"/d --x", false}}).words,
              ElementsAre("--in", "/a b/'c/d", "--x"));
  EXPECT_THAT(split_words({{"'", false}, {"x'y", true}, {"'", false}}).words, ElementsAre("x'y"));
}

TEST(SplitWords, SaysWhichQuoteIsNotClosed) {
  const Words result = split_words({{"'a' \"it's\" 'b", false}});
  EXPECT_EQ(result.unclosed, '\'');
  EXPECT_EQ(result.unclosed_ordinal, 3u);
  EXPECT_FALSE(split_words({{"'a'", false}}).unclosed);
}

}  // namespace
}  // namespace batchmill::pipeline
