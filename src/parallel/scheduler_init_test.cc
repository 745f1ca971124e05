#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/init_rules.h"
#include "parallel/scheduler_rig.h"

// When init() fails (parallel-job.md 5.6).
namespace batchmill::parallel {
namespace {

using ::testing::SizeIs;

StepRules rules_for(std::uint32_t workers) {
  StepRules rules;
  rules.workers_per_node = workers;
  return rules;
}

// Every worker that was started fails; returns how many did.
int fail_all(Rig& rig, std::size_t& seen, InitFailure kind = InitFailure::kInit) {
  int failures = 0;
  const auto started = of<StartWorker>(rig.all());
  for (; seen < started.size(); ++seen) {
    rig.send(WorkerStarting{started[seen].worker});
    rig.send(WorkerFailed{started[seen].worker, kind, "error " + std::to_string(seen)});
    ++failures;
  }
  return failures;
}

TEST(InitRules, ANodeGivesUpAfterThreeRoundsAndWithItTheStep) {
  Rig rig(rules_for(2));
  rig.plan(50);
  rig.join();
  std::size_t seen = 0;
  int failures = 0;
  for (int i = 0; i < 100 && !rig.finished(); ++i) {
    failures += fail_all(rig, seen);
    rig.pass(1s);
  }
  EXPECT_EQ(failures, 6);
  EXPECT_EQ(rig.finish().cause, Cause::kInit);
  EXPECT_EQ(rig.finish().detail, "init failed 6 times on node 0 (limit 3 x 2 workers)");
  EXPECT_EQ(rig.finish().error, "error 5");
}

TEST(InitRules, ANodeThatGaveUpDoesNotEndTheStepWhileAnotherWorks) {
  Rig rig(rules_for(1));
  rig.plan(50);
  rig.join(0);
  rig.join(1);
  rig.ready(0, 1);
  for (std::uint32_t process = 0; process < 3; ++process) {
    rig.send(WorkerFailed{worker(process, 0), InitFailure::kInit, ""});
    rig.pass(31s);
  }
  EXPECT_FALSE(rig.finished());
  EXPECT_THAT(of<StartWorker>(rig.all()), SizeIs(4));  // three there, one here
  rig.send(NodeLost{NodeId{1}, "gone"});
  rig.commit();
  EXPECT_EQ(rig.finish().cause, Cause::kInit);
}

TEST(InitRules, OnceAWorkerWasReadyFailuresOnlySlowDownStarting) {
  Rig rig(rules_for(1));
  rig.plan(50);
  rig.staff(1);
  rig.send(WorkerExited{worker(0)});
  for (std::uint32_t process = 1; process < 20; ++process) {
    rig.send(WorkerFailed{worker(process), InitFailure::kInit, ""});
    rig.pass(31s);
  }
  EXPECT_FALSE(rig.finished());
  EXPECT_THAT(of<StartWorker>(rig.all()), SizeIs(21));
}

TEST(InitRules, ABrokenScriptEndsTheStepAtOnce) {
  Rig rig(rules_for(4));
  rig.plan(50);
  rig.join();
  rig.send(WorkerFailed{worker(2), InitFailure::kScript, "no run()"});
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kScript);
  EXPECT_EQ(rig.finish().error, "no run()");
}

TEST(InitRules, WithoutAReadyWorkerInTwoMinutesTwoRoundsAreEnough) {
  struct Case {
    std::uint64_t failures;
    bool ever_ready;
    Duration running;
    bool expected;
  };
  for (const Case& c : {Case{8, false, 121s, true}, Case{7, false, 121s, false},
                        Case{8, false, 120s, false}, Case{8, true, 121s, false}}) {
    EXPECT_EQ(job_gives_up(c.failures, 2, 2, c.ever_ready, c.running), c.expected);
  }
  Rig rig(rules_for(2));
  rig.plan(50);
  rig.join();
  for (std::uint32_t process = 0; process < 4; ++process) {
    rig.send(WorkerStarting{worker(process)});
    rig.send(WorkerFailed{worker(process), InitFailure::kTimeout, ""});
    rig.pass(20s);
  }
  rig.pass(39s);
  EXPECT_FALSE(of<StopWorker>(rig.all()).size() > 0);
  rig.pass(2s);
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kInit);
}

TEST(InitRules, AllWorkersStuckInsideInitIsNoProgress) {
  StepRules rules = rules_for(2);
  rules.run_timeout = 20s;  // 3 * 20 + 30 = 90
  rules.progress_timeout = 1h;
  Rig rig(rules);
  rig.plan(50);
  rig.join();
  rig.pass(10min);  // they wait for a core: nobody is stuck
  rig.send(WorkerStarting{worker(0)});
  rig.pass(50s);
  rig.send(WorkerStarting{worker(1)});
  rig.pass(90s);
  EXPECT_TRUE(of<StopWorker>(rig.all()).empty());
  rig.pass(1s);
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kNoProgress);
}

TEST(InitRules, StartsAreDelayedMoreFromRoundToRound) {
  EXPECT_EQ(start_delay(1, 2), 0ms);
  EXPECT_EQ(start_delay(2, 2), 100ms);
  EXPECT_EQ(start_delay(4, 2), 200ms);
  EXPECT_EQ(start_delay(6, 2), 400ms);
  EXPECT_EQ(start_delay(1000, 2), 30s);
}

}  // namespace
}  // namespace batchmill::parallel
