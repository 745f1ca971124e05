#include "engine/earlier_job.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/step_facts_for_tests.h"
#include "fakes/memory_stores.h"
#include "pipeline/plan_json.h"

namespace batchmill::engine {
namespace {

using ::testing::HasSubstr;

class FakeLocks : public Locks {
 public:
  Result<std::unique_ptr<HeldLock>> try_lock(const std::string& path) override {
    return fail(ErrorKind::kUnavailable, path);
  }
  bool is_held(const std::string& path) const override { return held.contains(path); }
  std::set<std::string> held;
};

class EarlierJobsTest : public ::testing::Test {
 protected:
  EarlierJobsTest() {
    PipelinePlan plan;
    plan.steps = {StepForTests().step};
    StepPlan command;
    command.name = "train";
    command.spec = CommandSpec{"true", {}};
    plan.steps.push_back(command);
    JobRecord record;
    record.name = "old_job";
    record.plan = pipeline::plan_to_json(plan);
    for (const StepPlan& before : plan.steps) {
      StepRecord one;
      one.step = before.name;
      one.job_name = "old_job_" + before.name;
      record.steps.push_back(one);
    }
    stores.put("/ws/jobs/old_job/job.db", record);
    step = plan.steps.front();
    now.resume_from = "old_job";
  }
  Result<std::optional<EarlierStep>> find() { return jobs.find(now, step); }

  fakes::MemoryFiles files;
  fakes::MemoryStores stores{files};
  FakeLocks locks;
  EarlierJobs jobs{{files, locks, stores}, WorkspaceFolder("/ws")};
  PipelinePlan now;
  StepPlan step;
};

TEST_F(EarlierJobsTest, AStepResumesFromThatOfItsName) {
  const auto found = find();
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->job, "old_job");
  EXPECT_EQ((*found)->record.job_name, "old_job_score");
  EXPECT_EQ((*found)->folder.root(), "/ws/jobs/old_job/steps/score");
}

TEST_F(EarlierJobsTest, WithoutAWishThereIsNone) {
  now.resume_from.clear();
  const auto found = find();
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
}

TEST_F(EarlierJobsTest, AStepThatIsNewThereBeginsAnew) {
  step.name = "other";
  const auto found = find();
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
}

TEST_F(EarlierJobsTest, AStepThatBecameAnotherKindBeginsAnew) {
  step.name = "train";
  const auto found = find();
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
}

TEST_F(EarlierJobsTest, TheArgumentTakesAJobOrAStepsJob) {
  now.resume_from.clear();
  for (const char* name : {"old_job", "old_job_score"}) {
    std::get<ParallelSpec>(step.spec).resume_from.value = name;
    const auto found = find();
    ASSERT_TRUE(found && *found) << name;
    EXPECT_EQ((*found)->record.step, "score");
  }
}

TEST_F(EarlierJobsTest, AStepsJobIsMeantWhateverItsName) {
  step.name = "renamed";
  std::get<ParallelSpec>(step.spec).resume_from.value = "old_job_score";
  const auto found = find();
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->record.step, "score");
}

TEST_F(EarlierJobsTest, ARunningJobIsRefusedByName) {
  locks.held.insert("/ws/jobs/old_job/leader.lock");
  const auto found = find();
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("'old_job' still runs"));
}

TEST_F(EarlierJobsTest, WhatDoesNotExistIsRefusedByName) {
  now.resume_from = "nothing_like_it";
  EXPECT_THAT(find().error().message, HasSubstr("no job 'nothing_like_it'"));
  now.resume_from.clear();
  step.name = "other";
  std::get<ParallelSpec>(step.spec).resume_from.value = "old_job";
  EXPECT_THAT(find().error().message, HasSubstr("no parallel step 'other'"));
}

}  // namespace
}  // namespace batchmill::engine
