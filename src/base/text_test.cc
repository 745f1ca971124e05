#include "base/text.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"

namespace batchmill {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Split, KeepsEmptyParts) {
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("", ','), ElementsAre(""));
}

TEST(Join, IsTheInverseOfSplit) {
  EXPECT_EQ(join({"a", "", "b"}, "; "), "a; ; b");
  EXPECT_EQ(join({}, ","), "");
}

TEST(Case, OnlyAsciiLettersChange) {
  EXPECT_EQ(to_lower("MiXed_É"), "mixed_É");
  EXPECT_TRUE(starts_with_ignoring_case("AzureML:pool", "azureml:"));
  EXPECT_FALSE(starts_with_ignoring_case("az", "azureml:"));
}

TEST(Trim, TakesWhiteSpaceFromBothEnds) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
}

TEST(LineAt, KnowsAllLineBreaks) {
  EXPECT_EQ(line_at("a\r\nb\nc\rd", 2), "b");
  EXPECT_EQ(line_at("a\r\nb\nc\rd", 4), "d");
  EXPECT_EQ(line_at("a\n", 2), "");
  EXPECT_EQ(line_at("a", 7), "");
  EXPECT_EQ(line_at("a", 0), "");
}

TEST(Wrap, KeepsWordsWhole) {
  EXPECT_EQ(wrap("one two  three four", 9, "  "), "  one two\n  three\n  four\n");
  EXPECT_EQ(wrap("incomprehensible a", 5, ""), "incomprehensible\na\n");
  EXPECT_EQ(wrap("", 5, "  "), "");
}

TEST(EditDistance, CountsASwapOnce) {
  struct Case {
    const char* a;
    const char* b;
    std::size_t distance;
  };
  for (const Case& c :
       {Case{"", "", 0}, Case{"", "abc", 3}, Case{"size", "sise", 1}, Case{"ab", "ba", 1},
        Case{"input_dtaa", "input_data", 1}, Case{"kitten", "sitting", 3},
        Case{"größe", "grösse", 2}, Case{"ca", "abc", 3}}) {
    EXPECT_EQ(edit_distance(c.a, c.b), c.distance) << c.a << " " << c.b;
    EXPECT_EQ(edit_distance(c.b, c.a), c.distance) << c.b << " " << c.a;
  }
}

TEST(EditDistance, OfOneRandomEditIsOne) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::string text = "mini_batch_error_threshold";
    const std::size_t place = random() % (text.size() - 1);
    switch (random() % 3) {
      case 0:
        text.erase(place, 1);
        break;
      case 1:
        text.insert(place, "#");
        break;
      default:
        text[place] = '#';
    }
    EXPECT_EQ(edit_distance(text, "mini_batch_error_threshold"), 1U) << text;
  }
}

TEST(Nearest, FollowsTheOrderOfItsRules) {
  const std::vector<std::string> keys = {"mini_batch_size", "error_threshold", "max_retries",
                                         "input_data",      "inputs",          "outputs"};
  EXPECT_THAT(nearest("mini_batch_sise", keys), ElementsAre("mini_batch_size"));
  EXPECT_THAT(nearest("Inputs", keys), ElementsAre("inputs"));
  EXPECT_THAT(nearest("inptus", keys), ElementsAre("inputs"));
  EXPECT_THAT(nearest("data_input", keys), ElementsAre("input_data"));
  EXPECT_THAT(nearest("threshold_error", keys), ElementsAre("error_threshold"));
  EXPECT_THAT(nearest("frobnicate", keys), IsEmpty());
  EXPECT_THAT(nearest("", keys), IsEmpty());
  EXPECT_THAT(nearest("x", {}), IsEmpty());
}

TEST(Nearest, NamesUpToThreeAtATieInTheOrderOfTheAllowed) {
  EXPECT_THAT(nearest("ax", {"ab", "zz", "ac", "ad", "ae"}), ElementsAre("ab", "ac", "ad"));
}

TEST(Nearest, AllowsAThirdOfTheLength) {
  EXPECT_THAT(nearest("abcdef", {"abcdxy"}), ElementsAre("abcdxy"));
  EXPECT_THAT(nearest("abcde", {"abcxy"}), IsEmpty());
  EXPECT_THAT(nearest("ab", {"ax"}), ElementsAre("ax")) << "short names still get one edit";
}

TEST(Nearest, IsCheapForAbsurdNames) {
  EXPECT_THAT(nearest(std::string(1 << 20, 'a'), {"inputs"}), IsEmpty());
}

TEST(Width, CountsColumnsNotBytes) {
  EXPECT_EQ(code_points("größe"), 5U);
  EXPECT_EQ(display_width("größe"), 5U);
  EXPECT_EQ(display_width("数据"), 4U);
  EXPECT_EQ(display_width("e\xCC\x81"), 1U) << "e with a combining accent";
  EXPECT_EQ(display_width("━✓"), 2U);
  EXPECT_EQ(display_width("😀"), 2U);
}

TEST(Width, ClippingNeverCutsACharacter) {
  EXPECT_EQ(clip_to_width("数据库", 5), "数据");
  EXPECT_EQ(clip_to_width("abc", 9), "abc");
  EXPECT_EQ(clip_to_width("abc", 0), "");
  EXPECT_EQ(clip_to_width("e\xCC\x81x", 1), "e\xCC\x81");
}

TEST(Utf8, RefusesWhatIsNone) {
  EXPECT_TRUE(is_valid_utf8("größe 数据 😀"));
  for (const char* bytes :
       {"\xE4", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "a\x80", "\xE2\x82", "\xFF"}) {
    EXPECT_FALSE(is_valid_utf8(bytes));
    EXPECT_TRUE(is_valid_utf8(repair_utf8(bytes)));
  }
  EXPECT_EQ(repair_utf8("a\xE2\x82z"), "a\xEF\xBF\xBDz");
}

TEST(Utf8, RepairOfRandomBytesIsValidAndStable) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::string bytes;
    for (int i = 0; i < 20; ++i) bytes.push_back(static_cast<char>(random() % 256));
    const std::string repaired = repair_utf8(bytes);
    EXPECT_TRUE(is_valid_utf8(repaired));
    EXPECT_EQ(repair_utf8(repaired), repaired);
    EXPECT_EQ(code_points(repaired), code_points(bytes));
  }
}

TEST(Utf8, OffsetsAreOfCodePoints) {
  EXPECT_EQ(byte_offset("größe", 3), 4U);
  EXPECT_EQ(byte_offset("ab", 7), 2U);
}

TEST(Printable, ShowsControlCharacters) {
  EXPECT_EQ(printable("a\tb\x1b[31mc\n"), "a b\\x1b[31mc\\x0a");
  EXPECT_EQ(printable("\xC2\x9B"), "\\x9b");
  EXPECT_EQ(printable("\xE2\x80\xAE"), "\\u202e");
  EXPECT_EQ(printable("gr\xC3\xB6\xDF"), "grö\xEF\xBF\xBD");
}

}  // namespace
}  // namespace batchmill
