#include "engine/step_events.h"

#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

StepRecord record_of(JobStatus status) {
  StepRecord record;
  record.step = "score";
  record.status = status;
  record.started = {2'000'000};
  return record;
}

TEST(StepEvents, AStepThatGoesOnHasNoDurationYet) {
  const JobEvent event = status_event(record_of(JobStatus::kRunning));
  EXPECT_EQ(event.type, "step_status");
  EXPECT_EQ(event.step, "score");
  EXPECT_EQ(event.status, "Running");
  EXPECT_EQ(event.elapsed_s, 0);
}

TEST(StepEvents, TheEndHasDurationReasonAndFigures) {
  StepRecord record = record_of(JobStatus::kFailed);
  record.ended = {5'500'000};
  record.reason = "score.py:3 in run: E";
  StepEnd end;
  end.mini_batches = Count{3, 1, 4, true};
  end.rows = 7;
  const JobEvent event = end_event(record, end);
  EXPECT_EQ(event.elapsed_s, 3.5);
  EXPECT_EQ(event.reason, "score.py:3 in run: E");
  EXPECT_EQ(event.mini_batches->failed, 1U);
  EXPECT_EQ(event.rows, 7U);
}

TEST(StepEvents, AStepThatWasSkippedNeverStartedAndTookNoTime) {
  StepRecord record = record_of(JobStatus::kCanceled);
  record.started = {};
  record.ended = {5'500'000};
  EXPECT_EQ(end_event(record, {}).elapsed_s, 0);
}

TEST(StepEvents, AStepThatDoesNotRunWaitsOrIsDone) {
  StepPlan plan;
  plan.name = "score";
  plan.spec = ParallelSpec{};
  EXPECT_EQ(resting_progress(plan, record_of(JobStatus::kNotStarted), nullptr).phase, "waiting");
  const StepCounts counts{{4, 1, 4, true}, {9, 2, 9, true}};
  const StepProgress done = resting_progress(plan, record_of(JobStatus::kCompleted), &counts);
  EXPECT_EQ(done.phase, "done");
  EXPECT_EQ(done.kind, "parallel");
  EXPECT_EQ(done.mini_batches.failed, 1U);
  EXPECT_EQ(done.items.done, 9U);
}

}  // namespace
}  // namespace batchmill::engine
