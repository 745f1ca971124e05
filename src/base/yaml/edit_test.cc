#include "base/yaml/edit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/yaml/scalar.h"

namespace batchmill::yaml {
namespace {

constexpr const char* kPipeline = R"(inputs:
  n: 5
  raw: {type: uri_folder, path: ./in}
base: &base
  lr: 0.5
  epochs: 3
jobs:
  train:
    environment: azureml:x:1
    inputs: *base
  merged:
    inputs:
      <<: *base
      own: 1
  empty:
list: [a, {b: c}]
)";

Value at(const Document& document, std::initializer_list<const char*> keys) {
  Value value = document.root();
  for (const char* key : keys) value = value.find(key);
  return value;
}

TEST(ApplySet, ReplacesAValueByATextWithItsOwnPlace) {
  Document document = parse("p.yml", kPipeline);
  ASSERT_FALSE(apply_set(document, "inputs.n=abc"));
  const Value value = at(document, {"inputs", "n"});
  EXPECT_EQ(value.text(), "abc");
  EXPECT_EQ(value.place(), (SourcePlace{"--set inputs.n=abc", 0, 10, 13}));
  EXPECT_EQ(document.root().find("inputs").find_entry("n")->key.place().column, 8);
}

TEST(ApplySet, ValuesAreAlwaysText) {
  Document document = parse("p.yml", kPipeline);
  ASSERT_FALSE(apply_set(document, "inputs.n=true"));
  EXPECT_EQ(resolve(at(document, {"inputs", "n"})).kind, ScalarKind::kText);
  ASSERT_FALSE(apply_set(document, "inputs.n=a=b"));
  EXPECT_EQ(at(document, {"inputs", "n"}).text(), "a=b");
  ASSERT_FALSE(apply_set(document, "inputs.n="));
  EXPECT_EQ(at(document, {"inputs", "n"}).text(), "");
  EXPECT_FALSE(is_null(at(document, {"inputs", "n"})));
}

TEST(ApplySet, KeepsTheOrderOfKeysAndAppendsNewOnes) {
  Document document = parse("p.yml", kPipeline);
  ASSERT_FALSE(apply_set(document, "jobs.train=x"));
  ASSERT_FALSE(apply_set(document, "settings.force_rerun=True"));
  std::vector<std::string> keys;
  for (const Entry& entry : document.root().entries()) keys.push_back(entry.key.text());
  EXPECT_THAT(keys, testing::ElementsAre("inputs", "base", "jobs", "list", "settings"));
  EXPECT_EQ(at(document, {"settings", "force_rerun"}).text(), "True");
  EXPECT_EQ(at(document, {"settings"}).place().file, "--set settings.force_rerun=True");
}

TEST(ApplySet, FillsEmptyValuesAndEmptyFiles) {
  Document document = parse("p.yml", kPipeline);
  ASSERT_FALSE(apply_set(document, "jobs.empty.type=command"));
  EXPECT_EQ(at(document, {"jobs", "empty", "type"}).text(), "command");
  Document nothing = parse("e.yml", "");
  ASSERT_FALSE(apply_set(nothing, "a[0].b=1"));
  EXPECT_EQ(nothing.root().find("a").item(0).find("b").text(), "1");
}

TEST(ApplySet, ReachesListsByIndex) {
  Document document = parse("p.yml", kPipeline);
  ASSERT_FALSE(apply_set(document, "list[1].b=x"));
  ASSERT_FALSE(apply_set(document, "list[2]=new"));
  ASSERT_FALSE(apply_set(document, "list.0=first"));
  EXPECT_EQ(at(document, {"list"}).item(0).text(), "first");
  EXPECT_EQ(at(document, {"list"}).item(1).find("b").text(), "x");
  EXPECT_EQ(at(document, {"list"}).item(2).text(), "new");
}

TEST(ApplySet, ChangesOneUseOfAnAnchorOnly) {
  Document document = parse("p.yml", kPipeline);
  ASSERT_FALSE(apply_set(document, "jobs.train.inputs.lr=0.1"));
  EXPECT_EQ(at(document, {"jobs", "train", "inputs", "lr"}).text(), "0.1");
  EXPECT_EQ(at(document, {"jobs", "train", "inputs", "lr"}).place().column, 22);
  EXPECT_EQ(at(document, {"base", "lr"}).text(), "0.5");
  EXPECT_EQ(at(document, {"jobs", "merged", "inputs", "lr"}).text(), "0.5");
  const Value epochs = at(document, {"jobs", "train", "inputs", "epochs"});
  EXPECT_EQ(epochs.place().line, 10) << "still the place of the alias";
}

TEST(ApplySet, OverridesAMergedKey) {
  Document document = parse("p.yml", kPipeline);
  ASSERT_FALSE(apply_set(document, "jobs.merged.inputs.lr=0.1"));
  const auto entry = at(document, {"jobs", "merged", "inputs"}).find_entry("lr");
  EXPECT_EQ(entry->value.text(), "0.1");
  EXPECT_FALSE(entry->merged);
}

TEST(ApplySet, LeavesCopiesOfTheDocumentAlone) {
  Document document = parse("p.yml", kPipeline);
  const Document copy = document;
  ASSERT_FALSE(apply_set(document, "inputs.n=6"));
  EXPECT_EQ(at(copy, {"inputs", "n"}).text(), "5");
}

TEST(ApplySet, RefusesAPathThroughAReference) {
  Document document = parse("p.yml", kPipeline);
  const auto problem = apply_set(document, "jobs.train.environment.image=python");
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->kind, SetProblem::Kind::kThroughText);
  EXPECT_EQ(problem->path, "jobs.train.environment.image");
  EXPECT_EQ(problem->prefix, "jobs.train.environment");
  EXPECT_EQ(problem->text, "azureml:x:1");
  EXPECT_EQ(problem->place.column, 24);
  EXPECT_EQ(at(document, {"jobs", "train", "environment"}).text(), "azureml:x:1");
}

TEST(ApplySet, RefusesWhatIsNoPath) {
  using Kind = SetProblem::Kind;
  struct Case {
    const char* argument;
    Kind kind;
  };
  for (const Case& c :
       {Case{"inputs.n", Kind::kNoEquals}, Case{"=1", Kind::kBadPath},
        Case{"a..b=1", Kind::kBadPath}, Case{"a.=1", Kind::kBadPath}, Case{"a[=1", Kind::kBadPath},
        Case{"a[x]=1", Kind::kBadPath}, Case{"a[0]b=1", Kind::kBadPath},
        Case{"list[3]=1", Kind::kNoItem}, Case{"list.x=1", Kind::kNoItem},
        Case{"inputs[0]=1", Kind::kNoItem}, Case{"new[1]=1", Kind::kNoItem}}) {
    Document document = parse("p.yml", kPipeline);
    const auto problem = apply_set(document, c.argument);
    ASSERT_TRUE(problem) << c.argument;
    EXPECT_EQ(problem->kind, c.kind) << c.argument;
    EXPECT_EQ(document.root().size(), 4U) << c.argument;
  }
}

TEST(SetText, TakesThePlaceOfTheCaller) {
  Document document = parse("p.yml", "type: pipeline\n");
  const SourcePlace place{"--name x", 0, 8, 9};
  ASSERT_FALSE(set_text(document, "name", "x", place));
  EXPECT_EQ(document.root().find("name").place(), place);
}

}  // namespace
}  // namespace batchmill::yaml
