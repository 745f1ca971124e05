#include "engine/whole_step.h"

#include <functional>

#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

EarlierEnd completed() {
  return {JobStatus::kCompleted, true, true, true, StepCounts{{5, 0, 5, true}, {9, 0, 9, true}}};
}

TEST(WholeStep, IsTakenOverOnlyIfNothingOfItIsLeftToDo) {
  struct Case {
    const char* name;
    std::function<void(EarlierEnd&)> change;
    bool taken;
  };
  const Case cases[] = {
      {"completed, the same, all there", [](EarlierEnd&) {}, true},
      {"it failed", [](EarlierEnd& end) { end.status = JobStatus::kFailed; }, false},
      {"it is defined otherwise", [](EarlierEnd& end) { end.same_definition = false; }, false},
      {"an output is gone", [](EarlierEnd& end) { end.outputs_exist = false; }, false},
      {"a mini-batch had failed", [](EarlierEnd& end) { end.counts->mini_batches.failed = 1; },
       false},
      {"its figures are gone", [](EarlierEnd& end) { end.counts.reset(); }, false},
      {"a command has none",
       [](EarlierEnd& end) {
         end.counts.reset();
         end.is_parallel = false;
       },
       true},
  };
  for (const Case& each : cases) {
    EarlierEnd end = completed();
    each.change(end);
    EXPECT_EQ(is_taken_whole(end), each.taken) << each.name;
  }
}

// Of a chain of resumed jobs, the one that ran it is named.
TEST(WholeStep, KeepsOutputsAndSaysWhoRanIt) {
  StepRecord record, earlier;
  record.job_name = "third_score";
  earlier.job_name = "second_score";
  earlier.outputs = {{"rows", "/w/rows"}};
  EXPECT_EQ(taken_whole(record, earlier).reused_from, "second_score");
  earlier.reused_from = "first_score";
  const StepRecord taken = taken_whole(record, earlier);
  EXPECT_EQ(taken.reused_from, "first_score");
  EXPECT_EQ(taken.job_name, "third_score");
  EXPECT_EQ(taken.outputs.at("rows"), "/w/rows");
}

}  // namespace
}  // namespace batchmill::engine
