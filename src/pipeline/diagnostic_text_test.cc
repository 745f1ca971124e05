#include "pipeline/diagnostic_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "model/catalogue.h"
#include "pipeline/excerpt.h"

namespace batchmill::pipeline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const SourceTexts kNoSources;

Diagnostic misspelt_key() {
  std::vector<std::string> keys = {"mini_batch_size"};
  for (int i = 0; i < 30; ++i) keys.push_back("some_other_key_" + std::to_string(i));
  return diagnose(105, SourcePlace{"pipeline.yml", 24, 5, 20})
      .with("k", "mini_batch_sise")
      .with("kind", "a parallel step")
      .at("jobs.score.mini_batch_sise")
      .found("mini_batch_sise")
      .allowed(keys)
      .near(keys);
}

Diagnostic at(int code, const char* file, int line, int column, const char* path = "") {
  return diagnose(code, SourcePlace{file, line, column, column + 1}).at(path);
}

TEST(RenderText, IsTheLayoutOfTheReference) {
  std::string source;
  for (int i = 1; i < 24; ++i) source += "#\n";
  source += "    mini_batch_sise: 5\n";
  EXPECT_EQ(render_text(misspelt_key(), {{"pipeline.yml", source}}, {}),
            R"(pipeline.yml:24:5: error[BM105]: unknown key 'mini_batch_sise' in a parallel step
   |
24 |     mini_batch_sise: 5
   |     ^^^^^^^^^^^^^^^
   at:      jobs.score.mini_batch_sise
   found:   mini_batch_sise
   allowed: mini_batch_size, ... (31: batchmill explain BM105)
   help:    write 'mini_batch_size'
)");
}

TEST(RenderText, LeavesOutEmptyFields) {
  EXPECT_EQ(render_text(at(104, "p.yml", 3, 1), kNoSources, {}),
            "p.yml:3:1: error[BM104]: a second YAML document begins here\n"
            "   help:    remove '---' and the rest\n");
  Diagnostic whole;
  whole.code = 101;
  whole.message = "cannot read 'p.yml'";
  whole.place.file = "p.yml";
  EXPECT_EQ(render_text(whole, kNoSources, {}), "p.yml: error[BM101]: cannot read 'p.yml'\n");
}

TEST(RenderText, NamesTheArgumentForValuesFromTheCommandLine) {
  const Diagnostic d = diagnose(407, SourcePlace{"--set inputs.n=abc", 0, 10, 13})
                           .with("v", "abc")
                           .with("type", "an integer")
                           .at("inputs.n");
  EXPECT_EQ(render_text(d, kNoSources, {}),
            "--set inputs.n=abc:10: error[BM407]: 'abc' is not an integer\n"
            "   at:      inputs.n\n");
}

TEST(RenderText, ShowsNotesWithTheirPlaces) {
  const Diagnostic d =
      diagnose(104, SourcePlace{"p.yml", 1, 1, 2}).note({"q.yml", 3, 4, 5}, "written here");
  EXPECT_THAT(render_text(d, kNoSources, {}), HasSubstr("   note:    q.yml:3:4: written here\n"));
}

TEST(RenderText, ShowsAllAllowedNamesWhereTheyFit) {
  Diagnostic d = at(109, "p.yml", 1, 1);
  d.allowed = {"DEBUG", "INFO", "WARNING"};
  EXPECT_THAT(render_text(d, kNoSources, {}), HasSubstr("allowed: DEBUG, INFO, WARNING\n"));
  d.allowed = std::vector<std::string>(20, "abcdefgh");
  EXPECT_THAT(render_text(d, kNoSources, {}),
              HasSubstr("allowed: abcdefgh, abcdefgh, abcdefgh, ... (20: batchmill explain "
                        "BM109)\n"));
  d.code = 205;
  EXPECT_THAT(render_text(d, kNoSources, {}), HasSubstr(", ... (20: -o json lists them)\n"))
      << "names that only this file knows";
}

TEST(RenderText, GrowsTheGutterWithTheLineNumber) {
  std::string source(1233, '\n');
  const std::string text =
      render_text(at(104, "p.yml", 1234, 1), {{"p.yml", source + "---\n"}}, {});
  EXPECT_THAT(text, HasSubstr("\n     |\n1234 | ---\n     | ^\n     help:"));
}

TEST(RenderText, ShowsNoControlBytesAndNoSecrets) {
  Diagnostic d = at(104, "p.yml", 1, 1, "jobs.a.environment_variables.TOKEN");
  d.found = "a\x1b[2Jb\nsecond";
  const std::string text = render_text(d, {{"p.yml", "TOKEN: \"secret\"\n"}}, {});
  EXPECT_THAT(text, HasSubstr("found:   a\\x1b[2Jb...\n"));
  EXPECT_THAT(text, HasSubstr(" 1 | TOKEN: ***\n"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(RenderText, ColoursOnlyWhenAsked) {
  TextOptions options;
  options.colour = true;
  EXPECT_THAT(render_text(misspelt_key(), kNoSources, options),
              HasSubstr("\x1b[1;31merror[BM105]:\x1b[0m"));
}

TEST(RenderText, StopsAfterAHundred) {
  const std::vector<Diagnostic> many(123, misspelt_key());
  const std::string text = render_text(many, kNoSources, {});
  EXPECT_THAT(text, HasSubstr("\n... and 23 more; batchmill job validate -o json shows all\n"));
  std::size_t count = 0;
  for (std::size_t i = text.find("error["); i != std::string::npos;
       i = text.find("error[", i + 1)) {
    ++count;
  }
  EXPECT_EQ(count, kMostDiagnosticsAsText);
  EXPECT_EQ(render_text(std::vector<Diagnostic>{}, kNoSources, {}), "");
}

TEST(SummaryLine, CountsByLevel) {
  std::vector<Diagnostic> list(10, misspelt_key());
  list.push_back(at(110, "p.yml", 1, 1));
  EXPECT_EQ(summary_line("pipeline.yml", list, "nothing was submitted", {}),
            "ERROR: pipeline.yml: 10 errors, 1 warning; nothing was submitted\n");
  EXPECT_EQ(summary_line("p.yml", {at(110, "p.yml", 1, 1), at(1, "p.yml", 1, 1)}, "", {}),
            "WARNING: p.yml: 1 warning\n");
  EXPECT_EQ(summary_line("p.yml", {at(1, "p.yml", 1, 1)}, "", {}), "NOTICE: p.yml: 1 notice\n");
  EXPECT_EQ(summary_line("p.yml", {}, "", {}), "");
}

std::vector<std::string> places(const std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string> result;
  for (const Diagnostic& d : diagnostics) {
    result.push_back(d.place.file + ":" + std::to_string(d.place.line) + ":" +
                     std::to_string(d.place.column));
  }
  return result;
}

TEST(Arrange, OrdersByFirstReferenceLineAndColumn) {
  const auto arranged =
      arrange({at(105, "b.yml", 1, 1), at(105, "p.yml", 9, 1), at(105, "p.yml", 2, 7),
               at(105, "p.yml", 2, 3), at(105, "--set a=b", 0, 1), at(105, "other.yml", 1, 1)},
              {"p.yml", "b.yml"});
  EXPECT_THAT(places(arranged), testing::ElementsAre("--set a=b:0:1", "p.yml:2:3", "p.yml:2:7",
                                                     "p.yml:9:1", "b.yml:1:1", "other.yml:1:1"));
}

TEST(Arrange, DropsTheSameCodeAtTheSamePlace) {
  EXPECT_EQ(arrange({at(105, "p.yml", 1, 1), at(105, "p.yml", 1, 1)}, {"p.yml"}).size(), 1U);
  EXPECT_EQ(arrange({at(105, "p.yml", 1, 1), at(108, "p.yml", 1, 1)}, {"p.yml"}).size(), 2U);
  EXPECT_EQ(
      arrange({at(105, "p.yml", 1, 1, "a.x"), at(105, "p.yml", 1, 1, "a.y")}, {"p.yml"}).size(), 2U)
      << "two keys that one alias brings";
}

TEST(MakeStrict, TurnsWarningsIntoErrorsAndLeavesNotices) {
  std::vector<Diagnostic> list = {at(110, "p.yml", 1, 1), at(1, "p.yml", 1, 1)};
  EXPECT_FALSE(has_errors(list));
  make_strict(list);
  EXPECT_TRUE(has_errors(list));
  EXPECT_EQ(list[1].level, Level::kNotice);
}

TEST(Excerpt, PutsCaretsByDisplayWidth) {
  const Excerpt wide = make_excerpt("数据: wrong", 5, 10, 70);
  EXPECT_EQ(wide.carets, "      ^^^^^");
  const Excerpt tab = make_excerpt("a:\tb", 4, 5, 70);
  EXPECT_EQ(tab.line, "a: b");
  EXPECT_EQ(tab.carets, "   ^");
  EXPECT_EQ(make_excerpt("ab", 9, 12, 70).carets, "  ^") << "past the end of the line";
  EXPECT_EQ(make_excerpt("ab", 1, 1, 70).carets, "^") << "an empty span";
  EXPECT_EQ(make_excerpt("ab", 0, 0, 70).carets, "");
}

TEST(Excerpt, CutsLongLinesAroundTheSpan) {
  const std::string line = std::string(50, 'a') + "WRONG" + std::string(50, 'b');
  const Excerpt middle = make_excerpt(line, 51, 56, 30);
  EXPECT_EQ(middle.line, "...aaaaaaaaaaWRONGbbbbbbbbb...");
  EXPECT_EQ(middle.carets, "             ^^^^^");
  const Excerpt start = make_excerpt(line, 1, 3, 30);
  EXPECT_EQ(start.line, std::string(27, 'a') + "...");
  EXPECT_EQ(start.carets, "^^");
  const Excerpt end = make_excerpt(line, 104, 106, 30);
  EXPECT_EQ(end.line, "..." + std::string(12, 'b'));
  EXPECT_EQ(end.carets, std::string(13, ' ') + "^^");
}

TEST(Excerpt, LooksOnlyNearTheSpan) {
  const std::string line = std::string(200000, 'a') + "WRONG" + std::string(200000, 'b');
  const Excerpt excerpt = make_excerpt(line, 200001, 200006, 30);
  EXPECT_EQ(excerpt.line, "...aaaaaaaaaaWRONGbbbbbbbbb...");
  EXPECT_EQ(excerpt.carets, "             ^^^^^");
  EXPECT_EQ(make_excerpt(line, 1, 400006, 30).carets, std::string(27, '^'));
}

TEST(Excerpt, IsNeverWiderThanAllowed) {
  const std::string line =
      "key: 数据数据数据数据数据数据数据数据数据数据数据数据数据数据 and more text";
  for (int column = 1; column < 50; ++column) {
    for (std::size_t width = 20; width < 60; width += 7) {
      const Excerpt excerpt = make_excerpt(line, column, column + 60, width);
      EXPECT_LE(display_width(excerpt.line), width) << column << " " << width;
      EXPECT_LE(excerpt.carets.size(), width + 1) << column << " " << width;
    }
  }
}

}  // namespace
}  // namespace batchmill::pipeline
