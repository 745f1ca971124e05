#include "base/yaml/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::yaml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Document read(const std::string& text) { return parse("p.yml", text); }

std::vector<std::string> keys_of(const Value& mapping) {
  std::vector<std::string> keys;
  for (const Entry& entry : mapping.entries()) keys.push_back(entry.key.text());
  return keys;
}

std::string span(const SourcePlace& place) {
  return std::to_string(place.line) + ":" + std::to_string(place.column) + "-" +
         std::to_string(place.end_column);
}

TEST(Places, AreOfKeysAndValues) {
  const Document document = read(
      "type: pipeline\n"
      "jobs:\n"
      "  score:\n"
      "    command: \"a b\"\n"
      "    flow: {a: 1, b: [2, 3]}\n"
      "    empty:\n"
      "    list:\n"
      "    - one\n"
      "    - two\n");
  ASSERT_TRUE(document.problems().empty());
  const Value score = document.root().find("jobs").find("score");
  EXPECT_EQ(span(document.root().find("type").place()), "1:7-15");
  EXPECT_EQ(span(score.find_entry("command")->key.place()), "4:5-12");
  EXPECT_EQ(span(score.find("command").place()), "4:14-19");
  EXPECT_EQ(span(score.find("flow").place()), "5:11-28");
  EXPECT_EQ(span(score.find("flow").find("b").item(1).place()), "5:25-26");
  EXPECT_EQ(score.find("empty").place().line, 6);
  EXPECT_EQ(span(score.find("list").place()), "8:5-6");
  EXPECT_EQ(span(score.find("list").item(1).place()), "9:7-10");
  EXPECT_EQ(span(score.place()), "4:5-12") << "a mapping shows its first key";
  EXPECT_EQ(score.place().file, "p.yml");
}

TEST(Places, CountCodePoints) {
  const Document document = read("größe: {数据: x}\n");
  const Entry entry = document.root().entries().front();
  EXPECT_EQ(span(entry.key.place()), "1:1-6");
  EXPECT_EQ(span(entry.value.find("数据").place()), "1:13-14");
}

TEST(Places, ShowTheFirstLineOfALongValue) {
  const Document document = read(
      "a: |  \n"
      "  text\n"
      "b: \"one\n"
      "  two\"\n"
      "c: {x: 1,\n"
      "    y: 2}\n");
  EXPECT_EQ(span(document.root().find("a").place()), "1:4-5");
  EXPECT_EQ(span(document.root().find("b").place()), "3:4-8");
  EXPECT_EQ(span(document.root().find("c").place()), "5:4-10");
  EXPECT_EQ(document.root().find("a").text(), "text\n");
  EXPECT_EQ(document.root().find("b").text(), "one two");
}

TEST(Places, SurviveAByteOrderMarkAndWindowsLines) {
  const Document document = read(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: 2\r\n");
  EXPECT_TRUE(document.problems().empty());
  EXPECT_EQ(span(document.root().find("a").place()), "1:4-5");
  EXPECT_EQ(span(document.root().find_entry("b")->key.place()), "2:1-2");
  EXPECT_EQ(document.root().find("a").text(), "1");
}

TEST(Places, WithinAScalar) {
  const Document document = read(
      "a: run ${{x}} ${{y}} ${{x}}\n"
      "b: |\n"
      "  first\n"
      "  second ${{x}}\n"
      "c: \"größe ${{x}}\"\n"
      "d: &d ${{x}}\n"
      "e: *d\n");
  const Value root = document.root();
  EXPECT_EQ(span(document.place_within(root.find("a"), "${{x}}")), "1:8-14");
  EXPECT_EQ(span(document.place_within(root.find("a"), "${{x}}", 1)), "1:22-28");
  EXPECT_EQ(span(document.place_within(root.find("b"), "${{x}}")), "4:10-16");
  EXPECT_EQ(span(document.place_within(root.find("c"), "${{x}}")), "5:11-17");
  EXPECT_EQ(document.place_within(root.find("a"), "absent"), root.find("a").place());
  EXPECT_EQ(span(document.place_within(root.find("e"), "${{x}}")), "7:4-6") << "the alias";
}

TEST(Places, WithinAScalarOfAWindowsFile) {
  const Document document = read("ä: 1\r\nb: |\r\n  first\r\n  ä ${{x}}\r\n");
  EXPECT_EQ(span(document.place_within(document.root().find("b"), "${{x}}")), "4:5-11");
}

TEST(Styles, AreKept) {
  const Document document = read("a: 5\nb: '5'\nc: \"5\"\nd: |\n  5\ne: >\n  5\nf: !!str 5\n");
  const Value root = document.root();
  EXPECT_TRUE(root.find("a").is_plain());
  EXPECT_EQ(root.find("b").style(), Style::kSingleQuoted);
  EXPECT_EQ(root.find("c").style(), Style::kDoubleQuoted);
  EXPECT_EQ(root.find("d").style(), Style::kLiteral);
  EXPECT_EQ(root.find("e").style(), Style::kFolded);
  EXPECT_FALSE(root.find("f").is_plain());
  EXPECT_EQ(root.find("f").tag(), "tag:yaml.org,2002:str");
}

TEST(Aliases, HaveThePlaceOfTheUseAndKnowTheAnchor) {
  const Document document = read("a: &x {k: {deep: 1}}\nb: *x\n");
  const Value b = document.root().find("b");
  EXPECT_EQ(span(b.place()), "2:4-6");
  ASSERT_NE(b.anchor(), nullptr);
  EXPECT_EQ(b.anchor()->line, 1);
  const Value deep = b.find("k").find("deep");
  EXPECT_EQ(deep.place().line, 2) << "everything below has the place of the use";
  EXPECT_EQ(span(*deep.anchor()), "1:18-19");
  EXPECT_EQ(document.root().find("a").anchor(), nullptr);
}

TEST(Aliases, OfAliasesShowTheOutermostUse) {
  const Document document = read("a: &x 1\nb: &y [*x]\nc: *y\n");
  EXPECT_EQ(document.root().find("b").item(0).place().line, 2);
  EXPECT_EQ(document.root().find("c").item(0).place().line, 3);
}

TEST(Merge, PutsTheEntriesWhereItStandsAndOwnKeysWin) {
  const Document document = read(
      "base: &base {a: 1, b: 2}\n"
      "step:\n"
      "  first: 0\n"
      "  <<: *base\n"
      "  b: 3\n");
  ASSERT_TRUE(document.problems().empty());
  const Value step = document.root().find("step");
  EXPECT_THAT(keys_of(step), ElementsAre("first", "a", "b"));
  EXPECT_EQ(step.find("b").text(), "3");
  EXPECT_FALSE(step.find_entry("b")->merged);
  const Entry a = *step.find_entry("a");
  EXPECT_TRUE(a.merged);
  EXPECT_EQ(span(a.key.place()), "4:7-12");
  EXPECT_EQ(a.key.anchor()->line, 1);
}

TEST(Merge, OfAListTakesTheFirstThatHasAKey) {
  const Document document = read(
      "x: &x {a: 1}\n"
      "y: &y {a: 2, b: 2}\n"
      "s:\n"
      "  <<: [*x, *y]\n");
  const Value s = document.root().find("s");
  EXPECT_EQ(s.find("a").text(), "1");
  EXPECT_EQ(s.find("b").text(), "2");
}

TEST(Merge, OfAMergedMappingIsComplete) {
  const Document document = read("x: &x {a: 1}\ny: &y\n  <<: *x\n  b: 2\ns:\n  <<: *y\n");
  EXPECT_THAT(keys_of(document.root().find("s")), ElementsAre("a", "b"));
  EXPECT_EQ(document.root().find("s").find("a").place().line, 6);
}

TEST(Merge, IsNoMergeWhenQuoted) {
  EXPECT_THAT(keys_of(read("'<<': {a: 1}\n").root()), ElementsAre("<<"));
}

TEST(Problems, NameEveryDuplicateKeyAndKeepTheFirst) {
  const Document document = read("a: 1\nb: {x: 1, x: 2}\na: 3\na: 4\n");
  ASSERT_EQ(document.problems().size(), 3U);
  const Problem& inner = document.problems()[0];
  EXPECT_EQ(inner.kind, ProblemKind::kDuplicateKey);
  EXPECT_EQ(inner.text, "x");
  EXPECT_EQ(inner.path, "b");
  EXPECT_EQ(span(inner.place), "2:11-12");
  EXPECT_EQ(span(inner.other), "2:5-6");
  EXPECT_EQ(document.problems()[2].place.line, 4);
  EXPECT_EQ(document.root().find("a").text(), "1");
  EXPECT_FALSE(document.has_syntax_problem());
}

TEST(Problems, NameASecondDocument) {
  const Document document = read("---\na: 1\n---\nb: [\n");
  ASSERT_EQ(document.problems().size(), 1U);
  EXPECT_EQ(document.problems()[0].kind, ProblemKind::kSecondDocument);
  EXPECT_EQ(span(document.problems()[0].place), "3:1-4");
  EXPECT_EQ(document.root().find("a").text(), "1");
}

TEST(Problems, OfSyntaxHaveTheirPlaceAndLeaveNoTree) {
  struct Case {
    const char* text;
    const char* span;
    const char* what;
  };
  for (const Case& c : {
           Case{"a: 1\nb: [1, 2\n", "3:1-2", "did not find expected ',' or ']'"},
           Case{"a: 1\nb: \"open\nc: 2\n", "2:4-5", "the quote that opens here is not closed"},
           Case{"a: b: c\n", "1:5-6", "a ':' is not allowed here"},
           Case{"a:\n\tb: 1\n", "2:1-2", "a tab cannot indent"},
           Case{"a: @x\n", "1:4-5", "no value begins with '@'"},
           Case{"a: 1\nlonely\nb: 2\n", "2:1-7", "a key without ':'"},
           Case{"a: \"\\q\"\n", "1:5-6", "found unknown escape character"},
           Case{"a: 1\n  b: 2\n", "2:4-5", "a ':' is not allowed here"},
           Case{"a: gr\xF6\xDF\n", "1:6-7", "byte 0xF6 is not UTF-8"},
           Case{"a: x\x1By\n", "1:5-6", "control character 0x1B"},
           Case{"\xFF\xFE"
                "a",
                "1:1-2", "the file is UTF-16"},
           Case{"a: *b\n", "1:4-6", "there is no anchor '&b' before this alias"},
           Case{"a: &a [*a]\n", "1:8-10", "the anchor '&a' contains itself here"},
           Case{"a: !x 1\n", "1:4-8", "unknown tag '!x'"},
           Case{"? [a]\n: 1\n", "1:3-6", "a key must be a single value, not a list"},
           Case{"<<: 5\n", "1:5-6", "'<<' takes a mapping or a list of mappings"},
           Case{"a: &x 1\nb: &x 2\n", "2:4-8", "the anchor '&x' is given twice"},
       }) {
    const Document document = read(c.text);
    ASSERT_EQ(document.problems().size(), 1U) << c.text;
    EXPECT_EQ(document.problems()[0].kind, ProblemKind::kSyntax);
    EXPECT_EQ(span(document.problems()[0].place), c.span) << c.text;
    EXPECT_THAT(document.problems()[0].text, HasSubstr(c.what)) << c.text;
    EXPECT_FALSE(document.root()) << c.text;
  }
}

TEST(Problems, AreCollectedUpToTheFirstThatStopsLibyaml) {
  const Document document = read("a: *x\nb: 1\nb: 2\nc: !t 1\nd: [\n");
  EXPECT_EQ(document.problems().size(), 4U);
}

TEST(Problems, TellWhereTheContextBegan) {
  const Document document = read("a: 1\nb:\n  - x\n y\n");
  ASSERT_EQ(document.problems().size(), 1U);
  EXPECT_NE(document.problems()[0].context, "");
  EXPECT_GT(document.problems()[0].other.line, 0);
}

TEST(Limits, AliasesThatExplodeAreRefused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string name = "a" + std::to_string(i);
    const std::string below = "*a" + std::to_string(i - 1);
    text += name + ": &" + name + " [" + below;
    for (int k = 0; k < 9; ++k) text += ", " + below;
    text += "]\n";
  }
  const Document document = read(text);
  ASSERT_EQ(document.problems().size(), 1U);
  EXPECT_THAT(document.problems()[0].text, HasSubstr("aliases expand to more than"));
}

TEST(Limits, DeepNestingIsRefused) {
  const Document document = read(std::string(900, '[') + std::string(900, ']'));
  ASSERT_EQ(document.problems().size(), 1U);
  EXPECT_THAT(document.problems()[0].text, HasSubstr("nested deeper than 200 levels"));
}

TEST(Limits, NestingByAliasesIsRefused) {
  std::string text = "a0: &a0 [1]\n";
  for (int i = 1; i < 300; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) +
            "]\n";
  }
  ASSERT_FALSE(read(text).problems().empty());
}

TEST(Limits, OfSize) {
  Limits limits;
  limits.bytes = 3;
  EXPECT_TRUE(parse("p.yml", "a: 1", limits).has_syntax_problem());
  limits = {};
  limits.values = 5;
  EXPECT_TRUE(parse("p.yml", "[1, 2, 3, 4, 5, 6]", limits).has_syntax_problem());
}

TEST(Document, OfNothingHasNoRoot) {
  for (const char* text : {"", "\n", "# only a comment\n"}) {
    const Document document = read(text);
    EXPECT_TRUE(document.problems().empty());
    EXPECT_FALSE(document.root());
  }
  EXPECT_FALSE(Document().root());
}

TEST(Document, CopiesShareTheTree) {
  Value value;
  Document copy;
  {
    const Document document = read("a: 1\n");
    copy = document;
    value = document.root().find("a");
  }
  EXPECT_EQ(value.text(), "1");
}

TEST(Value, OfNothingAnswersEmpty) {
  const Value nothing;
  EXPECT_FALSE(nothing.is_mapping());
  EXPECT_EQ(nothing.size(), 0U);
  EXPECT_FALSE(nothing.find("a"));
  EXPECT_TRUE(nothing.entries().empty());
  EXPECT_EQ(nothing.place().line, 0);
}

TEST(Path, JoinsKeysAndIndices) {
  EXPECT_EQ(join_path(join_path(join_path("", "jobs"), "a"), 0), "jobs.a[0]");
}

}  // namespace
}  // namespace batchmill::yaml
