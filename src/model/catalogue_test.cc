#include "model/catalogue.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/yaml/edit.h"
#include "model/diagnostic_value.h"

namespace batchmill {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Catalogue, HasEachCodeOnceInAscendingOrder) {
  int last = 0;
  for (const CatalogueEntry& entry : catalogue()) {
    EXPECT_GT(entry.code, last);
    last = entry.code;
  }
}

TEST(Catalogue, IsCompleteInItsParts) {
  const std::set<std::pair<int, int>> parts = {{1, 9},     {101, 116}, {201, 209}, {301, 303},
                                               {401, 411}, {501, 512}, {601, 608}, {701, 706},
                                               {801, 805}, {901, 926}};
  std::size_t count = 0;
  for (const auto& [first, last] : parts) {
    for (int code = first; code <= last; ++code, ++count) {
      EXPECT_NE(find_entry(code), nullptr) << code;
    }
  }
  EXPECT_EQ(catalogue().size(), count);
}

TEST(Catalogue, KeepsTheRulesOfItsWording) {
  for (const CatalogueEntry& entry : catalogue()) {
    SCOPED_TRACE(entry.code);
    EXPECT_FALSE(entry.condition.empty());
    EXPECT_FALSE(entry.message.empty());
    EXPECT_TRUE(entry.meaning.ends_with(".")) << "a sentence";
    EXPECT_FALSE(entry.message.ends_with(".")) << "no full stop";
    EXPECT_FALSE(entry.help.ends_with("."));
    EXPECT_EQ(entry.wrong.empty(), entry.right.empty()) << "examples come in pairs";
    EXPECT_NE(entry.wrong, entry.right.empty() ? "-" : entry.right);
    EXPECT_THAT(placeholders(entry.message), testing::Not(testing::Contains("near")));
    if (entry.code > 100 && entry.code < 700) {
      EXPECT_FALSE(entry.wrong.empty());
    }
  }
}

TEST(Catalogue, ParsesItsOwnNames) {
  EXPECT_EQ(code_name(7), "BM007");
  EXPECT_EQ(code_from("BM105"), 105);
  EXPECT_EQ(code_from("bm007"), 7);
  EXPECT_EQ(code_from("105"), 105);
  for (const char* text : {"", "BM", "BM1050", "BM105x", "BM117", "-105", "0"}) {
    EXPECT_EQ(code_from(text), 0) << text;
  }
}

TEST(Templates, TellTextFromPlaceholders) {
  EXPECT_THAT(placeholders("'{k}' in {kind}, {k}"), ElementsAre("k", "kind"));
  EXPECT_THAT(placeholders("write '${{parent.inputs.{x}}}'"), ElementsAre("x"));
  EXPECT_THAT(placeholders("'${{name}}' is text< ({version})>"), IsEmpty());
  EXPECT_THAT(optional_placeholders("a< ({version})>"), ElementsAre("version"));
  EXPECT_EQ(readable_template("<{near}, or >declare '{x}'"), "write '<nearest>', or declare '<x>'");
}

TEST(Diagnose, FillsTheTemplates) {
  const std::vector<std::string> keys = {"mini_batch_size", "inputs"};
  const Diagnostic d = diagnose(105, SourcePlace{"p.yml", 24, 5, 20})
                           .with("k", "mini_batch_sise")
                           .with("kind", "a parallel step")
                           .at("jobs.score.mini_batch_sise")
                           .found("mini_batch_sise")
                           .allowed(keys)
                           .near(keys);
  EXPECT_EQ(d.code, 105);
  EXPECT_EQ(d.level, Level::kError);
  EXPECT_EQ(d.message, "unknown key 'mini_batch_sise' in a parallel step");
  EXPECT_EQ(d.help, "write 'mini_batch_size'");
  EXPECT_THAT(d.suggestions, ElementsAre("mini_batch_size"));
  EXPECT_EQ(d.place.line, 24);
}

TEST(Diagnose, LeavesOutAHelpThatIsNotKnown) {
  const Diagnostic without = diagnose(105, SourcePlace{}).with("k", "x").with("kind", "y");
  EXPECT_EQ(without.help, "");
  const Diagnostic declare = diagnose(204, SourcePlace{}).with("x", "dta");
  EXPECT_EQ(declare.help, "declare it under inputs");
  const Diagnostic near =
      diagnose(204, SourcePlace{}).with("x", "dta").suggest({"data", "date", "dat"});
  EXPECT_EQ(near.help, "write 'data', 'date' or 'dat', or declare it under inputs");
  const Diagnostic own = diagnose(105, SourcePlace{}).with("k", "x").with("kind", "y").help("z");
  EXPECT_EQ(own.help, "z");
}

TEST(Diagnose, TellsWhichPlaceholdersAreMissing) {
  EXPECT_THAT(diagnose(108, SourcePlace{}).with("k", "x").missing(), ElementsAre("type", "actual"));
  EXPECT_THAT(diagnose(203, SourcePlace{}).with("e", "x").missing(), IsEmpty());
}

TEST(Diagnose, KeepsExpressionsInTemplates) {
  const Diagnostic d = diagnose(203, SourcePlace{}).with("e", "${{inputs.a}}").with("x", "a");
  EXPECT_EQ(d.message, "'${{inputs.a}}' does not bind a step input");
  EXPECT_EQ(d.help, "write '${{parent.inputs.a}}'");
}

TEST(Diagnose, NotesTheAnchorOfAnAlias) {
  const yaml::Document document = yaml::parse("p.yml", "a: &x 1\nb: *x\n");
  const Diagnostic d = diagnose(104, document.root().find("b"));
  EXPECT_EQ(d.place.line, 2);
  ASSERT_EQ(d.notes.size(), 1U);
  EXPECT_EQ(d.notes[0].place.line, 1);
  EXPECT_THAT(diagnose(104, document.root().find("a")).build().notes, IsEmpty());
}

TEST(Diagnose, ProblemsOfTheText) {
  const yaml::Document twice = yaml::parse("p.yml", "jobs:\n  a: 1\n  a: 2\n");
  const Diagnostic key = diagnose(twice.problems().at(0));
  EXPECT_EQ(key.code, 103);
  EXPECT_EQ(key.message, "key 'a' appears twice");
  EXPECT_EQ(key.help, "remove one; the first is at line 2");
  EXPECT_EQ(key.path, "jobs.a");

  const Diagnostic open = diagnose(yaml::parse("p.yml", "a: \"x\n").problems().at(0));
  EXPECT_EQ(open.code, 102);
  EXPECT_EQ(open.message, "not valid YAML: the quote that opens here is not closed");
  EXPECT_EQ(open.help, "close the quote");

  const Diagnostic flow = diagnose(yaml::parse("p.yml", "a: [1\n").problems().at(0));
  EXPECT_EQ(flow.help, "while parsing a flow sequence, begun at line 1");

  EXPECT_EQ(diagnose(yaml::parse("p.yml", "---\n---\n").problems().at(0)).code, 104);
}

TEST(Diagnose, APathThroughAReference) {
  yaml::Document document = yaml::parse("p.yml", "environment: azureml:x:1\n");
  const auto problem = yaml::apply_set(document, "environment.image=python");
  ASSERT_TRUE(problem);
  const Diagnostic d = diagnose(*problem);
  EXPECT_EQ(d.message, "'environment.image' goes through the reference 'azureml:x:1'");
  EXPECT_EQ(d.help, "set 'environment' as a whole");
  EXPECT_EQ(d.place.file, "--set environment.image=python");
}

std::string json_of(const char* text) {
  const yaml::Document document = yaml::parse("p.yml", text);
  return json_text(document.root());
}

TEST(JsonText, FollowsTheMeaningOfScalars) {
  EXPECT_EQ(json_of("{a: 5, b: yes, c: '5', d: 1.50, e: , f: [x, \"q\\\"\\n\"], g: 2024-01-01}"),
            R"({"a": 5, "b": true, "c": "5", "d": 1.5, "e": null, "f": ["x", "q\"\u000a"], )"
            R"("g": "2024-01-01"})");
  EXPECT_EQ(json_of(".inf"), "\".inf\"");
  EXPECT_EQ(json_text({}), "null");
}

TEST(JsonText, CutsWhatIsLong) {
  EXPECT_LT(json_of(std::string(1000, 'x').c_str()).size(), 320U);
  EXPECT_EQ(json_of("[[[[[[[1]]]]]]]"), "[[[[[[]]]]]]");
}

TEST(Secrets, AreNeverShown) {
  EXPECT_EQ(json_of("{code: a, environment_variables: {TOKEN: abc}}"),
            R"({"code": "a", "environment_variables": {"TOKEN": "***"}})");
  EXPECT_EQ(mask_secrets("https://x/y?a=1&sig=abc%3D&b=2 z"), "https://x/y?a=1&sig=***&b=2 z");
  EXPECT_EQ(mask_secrets("at https://me:pw@host/x, design=1"), "at https://***@host/x, design=1");
  EXPECT_EQ(mask_secrets("wasbs://box@account/x"), "wasbs://box@account/x");
  const Diagnostic d = diagnose(108, SourcePlace{})
                           .with("k", "TOKEN")
                           .with("type", "a string")
                           .with("actual", "a list")
                           .at("jobs.a.environment_variables.TOKEN")
                           .found("secret");
  EXPECT_EQ(d.found, "***");
  EXPECT_FALSE(is_secret_path("jobs.a.environment_variables"));
}

}  // namespace
}  // namespace batchmill
