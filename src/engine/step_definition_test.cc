#include "engine/step_definition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/step_facts_for_tests.h"

namespace batchmill::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kText = R"({"format": "text", "to_csv": {"sep": " ", "header": false}})";

StepPlan step() { return StepForTests().step; }

ParallelSpec& spec_of(StepPlan& plan) { return std::get<ParallelSpec>(plan.spec); }

TEST(StepDefinition, CodeNamesAndPlacesAreNoPartOfIt) {
  StepPlan other = step();
  other.code = "/ws/snapshots/other";
  other.display_name = "Another name";
  other.environment.reference = "azureml:other:2";
  other.place = {"moved.yml", 90, 3};
  spec_of(other).max_retries.place = {"moved.yml", 91, 3};
  spec_of(other).max_retries.origin = SettingOrigin::kArgument;
  spec_of(other).resume_from.value = "earlier";
  EXPECT_EQ(definition_of(step()), definition_of(other));
}

TEST(StepDefinition, WhatTheStepDoesIsPartOfIt) {
  const std::vector<std::function<void(StepPlan&)>> changes = {
      [](StepPlan& s) { spec_of(s).max_retries.value = 9; },
      [](StepPlan& s) { spec_of(s).program_arguments = "--other"; },
      [](StepPlan& s) { spec_of(s).entry_script = "other.py"; },
      [](StepPlan& s) { s.inputs["images"].source = PathInput{"/elsewhere"}; },
      [](StepPlan& s) { s.inputs["level"].source = LiteralInput{"4"}; },
      [](StepPlan& s) { s.environment_variables["MODE"] = "fast"; },
      [](StepPlan& s) { s.outputs["rows"].path = "/else/rows.csv"; },
      [](StepPlan& s) {
        s.spec = CommandSpec{"true", {}};
      },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    StepPlan other = step();
    changes[i](other);
    EXPECT_NE(definition_of(step()), definition_of(other)) << "change " << i;
  }
}

std::vector<std::string> between(const StepPlan& before, const StepPlan& now,
                                 const char* kind = "files", const char* append = kText,
                                 const char* schema = "") {
  return differences({before, kind, kText, ""}, {now, kind, append, schema});
}

TEST(Spec5_9Resume, SettingsThatDoNotDecideCutsMayChange) {
  StepPlan now = step();
  spec_of(now).max_retries.value = 9;
  spec_of(now).timeout_seconds.value = 600;
  spec_of(now).instance_count.value = 4;
  EXPECT_THAT(between(step(), now), IsEmpty());
}

TEST(Spec5_9Resume, CutsAreNamed) {
  StepPlan now = step();
  spec_of(now).mini_batch_size = Setting<MiniBatchSize>{{5, false, "5"}, SettingOrigin::kNode, {}};
  EXPECT_THAT(between(step(), now), ElementsAre("mini_batch_size was 1, is 5"));
  EXPECT_THAT(between(step(), now, "ranks"), IsEmpty());
  spec_of(now).mini_batch_rows.value = 7;
  EXPECT_THAT(between(step(), now, "jsonl"), ElementsAre("mini_batch_rows was 100, is 7"));
  spec_of(now).rank_mini_batch_count.value = 3;
  EXPECT_THAT(between(step(), now, "ranks"), ElementsAre("rank_mini_batch_count was 0, is 3"));
}

TEST(Spec5_9Resume, TheSameSizeInOtherWordsIsTheSame) {
  StepPlan before = step();
  StepPlan now = step();
  const auto size = [](const char* text) {
    return Setting<MiniBatchSize>{{1 << 20, true, text}, SettingOrigin::kNode, {}};
  };
  spec_of(before).mini_batch_size = size("1mb");
  spec_of(now).mini_batch_size = size("1024kb");
  EXPECT_THAT(between(before, now, "table"), IsEmpty());
  spec_of(now).mini_batch_size.reset();
  EXPECT_THAT(between(before, now, "table"), IsEmpty());
}

TEST(Spec5_9Resume, InputsAreNamed) {
  StepPlan now = step();
  now.inputs["images"].source = PathInput{"/data/others"};
  now.inputs["model"].source = StepOutputInput{"train", "model"};
  now.inputs["level"].source = LiteralInput{"4"};
  now.inputs["more"].source = PathInput{"/data/more"};
  EXPECT_THAT(between(step(), now),
              ElementsAre("input 'images' was /data/images, is /data/others",
                          "input 'model' was /data/model, is output 'model' of step 'train'",
                          "input 'more' was none, is /data/more"));
}

TEST(Spec5_9Resume, TheFormOfRowsIsNamed) {
  EXPECT_THAT(between(step(), step(), "files", "null"),
              ElementsAre("output_action was append_row, is summary_only"));
  EXPECT_THAT(
      between(step(), step(), "files",
              R"({"format": "csv", "to_csv": {"sep": ",", "header": false, "na_rep": "-"}})"),
      ElementsAre("append_row_format was text, is csv",
                  R"(option na_rep of to_csv was none, is "-")",
                  R"(option sep of to_csv was " ", is ",")"));
}

TEST(Spec5_9Resume, TheFirstColumnThatDiffersIsNamed) {
  const char* before =
      R"({"columns": [{"name": "a", "type": "int"}, {"name": "b", "type": "int"}]})";
  const char* now =
      R"({"columns": [{"name": "a", "type": "int"}, {"name": "b", "type": "float"}]})";
  const StepPlan plan = step();
  EXPECT_THAT(differences({plan, "table", kText, before}, {plan, "table", kText, now}),
              ElementsAre("column 2 of the table was b (int), is b (float)"));
  EXPECT_THAT(differences({plan, "table", kText, now}, {plan, "table", kText, now}), IsEmpty());
}

TEST(Spec5_9Resume, AnotherKindOfInputIsNamed) {
  const StepPlan plan = step();
  EXPECT_THAT(differences({plan, "files", kText, ""}, {plan, "jsonl", kText, ""}),
              ElementsAre("the kind of the split input was files, is jsonl"));
}

}  // namespace
}  // namespace batchmill::engine
