#include "engine/step_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

StepPlan step(const std::string& name, const std::vector<std::string>& producers) {
  StepPlan plan;
  plan.name = name;
  for (const std::string& producer : producers) {
    StepInput input;
    input.source = StepOutputInput{producer, "out"};
    plan.inputs["from_" + producer] = input;
  }
  return plan;
}

// train -> score -> report; lint stands alone.
PipelinePlan diamond(bool continue_on_failure) {
  PipelinePlan plan;
  plan.continue_on_step_failure = continue_on_failure;
  plan.steps = {step("train", {}), step("lint", {}), step("score", {"train"}),
                step("report", {"score", "train"})};
  return plan;
}

using Statuses = std::map<std::string, JobStatus>;
constexpr auto kNot = JobStatus::kNotStarted;
constexpr auto kRun = JobStatus::kRunning;
constexpr auto kOk = JobStatus::kCompleted;
constexpr auto kBad = JobStatus::kFailed;
constexpr auto kCut = JobStatus::kCanceled;

TEST(StepGraph, StepsWithoutProducersStartTogether) {
  const auto d = decide(
      diamond(true), Statuses{{"train", kNot}, {"lint", kNot}, {"score", kNot}, {"report", kNot}});
  EXPECT_THAT(d.start, ElementsAre("train", "lint"));
  EXPECT_THAT(d.skip, IsEmpty());
  EXPECT_FALSE(d.finished);
}

TEST(StepGraph, AStepWaitsForAllItsProducers) {
  const auto d = decide(diamond(true),
                        Statuses{{"train", kOk}, {"lint", kOk}, {"score", kRun}, {"report", kNot}});
  EXPECT_THAT(d.start, IsEmpty());
  EXPECT_FALSE(d.finished);
}

TEST(StepGraph, DependentsOfAFailureAreCanceledInOnePassAndOthersGoOn) {
  const auto d = decide(
      diamond(true), Statuses{{"train", kBad}, {"lint", kNot}, {"score", kNot}, {"report", kNot}});
  EXPECT_THAT(d.start, ElementsAre("lint"));
  ASSERT_EQ(d.skip.size(), 2u);
  EXPECT_EQ(d.skip[0].step, "score");
  EXPECT_EQ(d.skip[0].reason, "train failed");
  EXPECT_EQ(d.skip[1].step, "report");
  EXPECT_FALSE(d.finished);
}

TEST(StepGraph, WithoutContinueAFailureStopsEverything) {
  const auto d = decide(
      diamond(false), Statuses{{"train", kRun}, {"lint", kBad}, {"score", kNot}, {"report", kNot}});
  EXPECT_THAT(d.start, IsEmpty());
  EXPECT_THAT(d.cancel, ElementsAre("train"));
  ASSERT_EQ(d.skip.size(), 2u);
  EXPECT_EQ(d.skip[0].reason, "the pipeline stopped after lint failed");
}

TEST(StepGraph, TheEndingIsTheWorstOfTheSteps) {
  const auto plan = diamond(true);
  EXPECT_EQ(
      ending_of(plan, {{"train", kOk}, {"lint", kOk}, {"score", kOk}, {"report", kOk}}).status,
      kOk);
  EXPECT_EQ(
      ending_of(plan, {{"train", kOk}, {"lint", kCut}, {"score", kOk}, {"report", kOk}}).status,
      kCut);
  const auto worst =
      ending_of(plan, {{"train", kOk}, {"lint", kCut}, {"score", kBad}, {"report", kCut}});
  EXPECT_EQ(worst.status, kBad);
  EXPECT_EQ(worst.reason, "score failed");
}

}  // namespace
}  // namespace batchmill::engine
