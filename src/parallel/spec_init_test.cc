#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/init_rules.h"
#include "parallel/scheduler_rig.h"

// parallel-job.md 5.6: when init() fails.
namespace batchmill::parallel {
namespace {

using ::testing::SizeIs;

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

TEST(Spec5_6Init, Rule1ANodeGivesUpAfterThreeRoundsAndWithTheLastNodeTheStep) {
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

TEST(Spec5_6Init, Rule1ANodeThatGaveUpDoesNotEndTheStepWhileAnotherWorks) {
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

TEST(Spec5_6Init, Rules1And2HoldOnlyUntilAWorkerWasReadyThenFailuresSlowDownStarting) {
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

TEST(Spec5_6Init, AnImportErrorOrAMissingRunEndsTheStepAtOnce) {
  Rig rig(rules_for(4));
  rig.plan(50);
  rig.join();
  rig.send(WorkerFailed{worker(2), InitFailure::kScript, "no run()"});
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kScript);
  EXPECT_EQ(rig.finish().error, "no run()");
}

TEST(Spec5_6Init, Rule2AfterTwoMinutesTwoRoundsInTheWholeJobAreEnough) {
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

TEST(Spec5_6Init, Rule3AllWorkersStuckInsideInitIsNoProgress) {
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

TEST(Spec5_6Init, StartsAreDelayedMoreFromRoundToRound) {
  EXPECT_EQ(start_delay(1, 2), 0ms);
  EXPECT_EQ(start_delay(2, 2), 100ms);
  EXPECT_EQ(start_delay(4, 2), 200ms);
  EXPECT_EQ(start_delay(6, 2), 400ms);
  EXPECT_EQ(start_delay(1000, 2), 30s);
}

TEST(Spec5_6Init, Rule3IsExactly3TimesTheTimeoutPlus30Seconds) {
  for (const Duration timeout : {1s, 20s, 60s}) {
    EXPECT_EQ(stuck_init_limit(timeout), 3 * timeout + 30s);
  }
}

TEST(Spec5_6Init, Rule1CountsFailuresOfOneNode) {
  struct Case {
    std::uint32_t failures;
    bool ever_ready;
    std::uint32_t workers;
    bool expected;
  };
  for (const Case& c :
       {Case{2, false, 1, false}, Case{3, false, 1, true}, Case{11, false, 4, false},
        Case{12, false, 4, true}, Case{12, true, 4, false}}) {
    EXPECT_EQ(node_gives_up(c.failures, c.ever_ready, c.workers), c.expected) << c.failures;
  }
}

TEST(Spec5_6Init, AWorkerThatDiesAfterASuccessfulInitIsAlwaysReplaced) {
  StepRules rules = rules_with(100);
  Rig rig(rules);
  rig.plan(50);
  rig.join();
  for (std::uint32_t process = 0; process < 40; ++process) {
    ASSERT_EQ(of<StartWorker>(rig.all()).back().worker, worker(process));
    rig.ready(process);
    rig.send(WorkerExited{worker(process)});
    rig.settle();
  }
  EXPECT_FALSE(rig.finished());
}

}  // namespace
}  // namespace batchmill::parallel
