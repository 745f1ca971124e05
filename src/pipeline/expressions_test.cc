#include "pipeline/expressions.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::pipeline {
namespace {

using ::testing::ElementsAre;

struct FormCase {
  std::string inside;
  ExpressionForm form;
  std::string step;
  std::string name;
};

TEST(ParseExpression, KnowsTheForms) {
  using enum ExpressionForm;
  const std::vector<FormCase> cases = {
      {"parent.inputs.x", kParentInput, "", "x"},
      {"  parent.inputs.group.x ", kParentInput, "", "group.x"},
      {"parent.outputs.z", kParentOutput, "", "z"},
      {"parent.jobs.train.outputs.model", kStepOutput, "train", "model"},
      {"parent.jobs.train-it.inputs.a", kStepInput, "train-it", "a"},
      {"inputs.x", kInput, "", "x"},
      {"outputs.y-1", kOutput, "", "y-1"},
      {"jobs.train.outputs.model", kOldStepOutput, "train", "model"},
      {"name", kJobName, "", ""},
      {"output_name", kOutputName, "", ""},
      {"default_datastore", kDefaultDatastore, "", ""},
      {"", kUnknown, "", ""},
      {"inputs.", kUnknown, "", ""},
      {"inputs", kUnknown, "", ""},
      {"inputs.a b", kUnknown, "", ""},
      {"parent.jobs.train", kUnknown, "", ""},
      {"parent.jobs..outputs.x", kUnknown, "", ""},
      {"search_space.lr", kUnknown, "", ""}};
  for (const FormCase& c : cases) {
    const Expression expression = parse_expression(c.inside);
    EXPECT_EQ(expression.form, c.form) << c.inside;
    EXPECT_EQ(expression.step, c.step) << c.inside;
    EXPECT_EQ(expression.name, c.name) << c.inside;
    EXPECT_EQ(expression.text, "${{" + c.inside + "}}");
  }
}

std::vector<std::string> shape(const Template& parsed) {
  std::vector<std::string> parts;
  for (const Piece& piece : parsed.pieces) {
    const char* marks[] = {"text", "expression", "begin", "end"};
    parts.push_back(std::string(marks[static_cast<int>(piece.kind)]) + ":" + piece.text);
  }
  return parts;
}

TEST(ParseTemplate, CutsTextAndExpressions) {
  EXPECT_THAT(
      shape(parse_template("a ${{inputs.x}}${{outputs.y}} b")),
      ElementsAre("text:a ", "expression:${{inputs.x}}", "expression:${{outputs.y}}", "text: b"));
  EXPECT_THAT(shape(parse_template("$HOME ${x} $(y) {{z}} }}")),
              ElementsAre("text:$HOME ${x} $(y) {{z}} }}"));
  EXPECT_THAT(shape(parse_template("")), ElementsAre());
}

TEST(ParseTemplate, CutsOptionalSegments) {
  EXPECT_THAT(shape(parse_template("a $[[--x ${{inputs.x}} ]] b")),
              ElementsAre("text:a ", "begin:$[[", "text:--x ", "expression:${{inputs.x}}",
                          "text: ", "end:]]", "text: b"));
}

TEST(ParseTemplate, TakesBracketsWithoutExpressionForText) {
  EXPECT_THAT(shape(parse_template("if $[[ a ]] b")), ElementsAre("text:if $[[ a ]] b"));
  EXPECT_THAT(shape(parse_template("$[[ ${{inputs.x}}")),
              ElementsAre("text:$[[ ", "expression:${{inputs.x}}"));
}

TEST(ParseTemplate, SaysWhereAnExpressionIsNotClosed) {
  const Template parsed = parse_template("ok ${{inputs.x}} ${{inputs.y");
  EXPECT_TRUE(parsed.unclosed);
  EXPECT_EQ(parsed.unclosed_offset, 17u);
}

TEST(Template, IsOneExpressionButForBlanks) {
  const Template parsed = parse_template("  ${{inputs.x}}\n");
  ASSERT_NE(parsed.whole(), nullptr);
  EXPECT_EQ(parsed.whole()->name, "x");
  EXPECT_EQ(parse_template("a ${{inputs.x}}").whole(), nullptr);
  EXPECT_EQ(parse_template("${{inputs.x}}${{inputs.y}}").whole(), nullptr);
  EXPECT_EQ(parse_template("$[[${{inputs.x}}]]").whole(), nullptr);
  EXPECT_EQ(parse_template("text").whole(), nullptr);
}

TEST(DeclaredName, TakesPathForAnAliasUnlessDeclared) {
  const auto only = [](const std::string& declared) {
    return [declared](const std::string& name) { return name == declared; };
  };
  EXPECT_EQ(declared_name("x.path", only("x")), "x");
  EXPECT_EQ(declared_name("x.path", only("x.path")), "x.path");
  EXPECT_EQ(declared_name("y", only("x")), "");
  EXPECT_EQ(declared_name(".path", only("")), "");
}

// Whatever the text, nothing is lost and offsets tell where pieces stand.
TEST(ParseTemplate, KeepsEveryByte) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::vector<std::string> tokens = {"${{", "}}", "$[[", "]]", "inputs.x",  "a",      " ",
                                           "$",   "{",  "]",   "\n", "outputs.y", "parent."};
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (unsigned count = random() % 12; count > 0; --count)
      text += tokens[random() % tokens.size()];
    std::string joined;
    for (const Piece& piece : parse_template(text).pieces) {
      ASSERT_EQ(piece.offset, joined.size()) << text;
      joined += piece.text;
    }
    ASSERT_EQ(joined, text);
  }
}

}  // namespace
}  // namespace batchmill::pipeline
