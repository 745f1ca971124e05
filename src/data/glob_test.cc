#include "data/glob.h"

#include <string>

#include <gtest/gtest.h>

namespace batchmill::data {
namespace {

TEST(Glob, MatchesPaths) {
  const struct {
    const char* pattern;
    const char* path;
    bool expected;
  } cases[] = {
      {"*.png", "a.png", true},
      {"*.png", "sub/a.png", false},
      {"./*.png", "a.png", true},
      {"*.png", "A.PNG", false},
      {"?.csv", "a.csv", true},
      {"?.csv", "ab.csv", false},
      {"?.csv", "\xc3\xa4.csv", true},
      {"[ab].png", "b.png", true},
      {"[ab].png", "c.png", false},
      {"[a-z]1", "q1", true},
      {"[!a-z]1", "q1", false},
      {"[!a-z]1", "Q1", true},
      {"[]]", "]", true},
      {"[ab", "[ab", true},
      {"[a-]", "-", true},
      {"**/*.csv", "a.csv", true},
      {"**/*.csv", "x/y/z/a.csv", true},
      {"x/**/a.csv", "x/a.csv", true},
      {"x/**/a.csv", "x/y/z/a.csv", true},
      {"x/**/a.csv", "y/a.csv", false},
      {"**", "a/b/c", true},
      {"x/**", "x/a", true},
      {"x/**", "y/a", false},
      {"a**b", "axxb", true},
      {"a**b", "a/b", false},
      {"{a,b}", "a", false},
      {"{a,b}", "{a,b}", true},
      {"*a*b*c", "xaybzc", true},
      {"*a*b*c", "xaybz", false},
      {"*aab", "aaaaab", true},
      {"*", "", true},
      {"", "a", false},
      {"*validated.csv", "titanic_1_validated.csv", true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Glob(c.pattern).matches(c.path), c.expected) << c.pattern << " on " << c.path;
  }
}

TEST(Glob, PrunesFolders) {
  const struct {
    const char* pattern;
    const char* folder;
    bool expected;
  } cases[] = {
      {"*.png", "a", false},     {"*/x.png", "a", true},    {"a*/x.png", "b", false},
      {"*/x.png", "a/b", false}, {"**/x.png", "a/b", true}, {"a/**/x", "a", true},
      {"a/**/x", "a/q/r", true}, {"a/**/x", "b", false},    {"a/**", "a/b", true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Glob(c.pattern).may_match_below(c.folder), c.expected)
        << c.pattern << " on " << c.folder;
  }
}

TEST(Glob, ManyStarsEndInTime) {
  const std::string name(2000, 'a');
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(matches_name(pattern + "b", name));
}

TEST(Glob, KnowsWildcards) {
  EXPECT_TRUE(has_wildcard("./*.csv"));
  EXPECT_TRUE(has_wildcard("a?"));
  EXPECT_TRUE(has_wildcard("[a]"));
  EXPECT_FALSE(has_wildcard("./a{b}.csv"));
}

}  // namespace
}  // namespace batchmill::data
