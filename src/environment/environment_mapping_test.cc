#include "environment/environment_mapping.h"

namespace batchmill::environment {
namespace {

struct GlobCase {
  const char* pattern;
  const char* text;
  bool fits;
};

class GlobTest : public testing::TestWithParam<GlobCase> {};

TEST_P(GlobTest, Matches) {
  EXPECT_EQ(matches_glob(GetParam().pattern, GetParam().text), GetParam().fits)
      << GetParam().pattern << " on " << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Table, GlobTest,
                         testing::Values(GlobCase{"", "", true}, GlobCase{"*", "", true},
                                         GlobCase{"a*c", "abbbc", true},
                                         GlobCase{"a*c", "ac", true}, GlobCase{"a*c", "acd", false},
                                         GlobCase{"a?c", "abc", true}, GlobCase{"a?c", "ac", false},
                                         GlobCase{"*a*b*", "xaybz", true},
                                         GlobCase{"*ab", "aab", true},
                                         GlobCase{"a.c", "abc", false}));

TEST(MappedPython, AnEqualKeyWinsOverAnEarlierPattern) {
  const Mapping mapping = {{"azureml:sklearn:*", "/a"}, {"azureml:sklearn:2", "/b"}};
  EXPECT_EQ(mapped_python(mapping, "azureml:sklearn:2"), "/b");
  EXPECT_EQ(mapped_python(mapping, "azureml:sklearn:3"), "/a");
  EXPECT_EQ(mapped_python(mapping, "azureml:torch:3"), std::nullopt);
}

TEST(MappedPython, ThePrefixCountsOnNeitherSide) {
  EXPECT_EQ(mapped_python({{"sklearn:1", "/a"}}, "azureml:sklearn:1"), "/a");
  EXPECT_EQ(mapped_python({{"azureml:sklearn:1", "/a"}}, "sklearn:1"), "/a");
}

TEST(MappedPython, AnInlineEnvironmentIsNeverMapped) {
  EXPECT_EQ(mapped_python({{"*", "/a"}}, ""), std::nullopt);
}

}  // namespace
}  // namespace batchmill::environment
