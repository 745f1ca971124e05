#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/scheduler_rig.h"

// Leases are pipelined and batched (design.md section 5).
namespace batchmill::parallel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Outcome lasting(Duration run) {
  Outcome result = outcome(AttemptStatus::kRunDone);
  result.run = result.elapsed = run;
  return result;
}

std::uint32_t leased(const std::vector<Effect>& effects) {
  std::uint32_t count = 0;
  for (const Lease& lease : of<Lease>(effects)) {
    for (const LeaseRange& range : lease.ranges) count += range.count;
  }
  return count;
}

struct WindowCase {
  Duration run;
  std::uint32_t held;  // by one worker, just after it was topped up
};

class Window : public testing::TestWithParam<WindowCase> {};

TEST_P(Window, IsSizedByMeasuredRuns) {
  Rig rig(rules_for(1));
  rig.plan(100000);
  rig.staff(1);
  std::uint32_t held = leased(rig.all());
  EXPECT_EQ(held, 2u);
  std::uint32_t most = held;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    held += leased(rig.report(worker(0), i, 1, lasting(GetParam().run))) - 1;
    most = std::max(most, held);
    if (i + 1 < 32) {
      EXPECT_LE(held, 2u);
    }
  }
  EXPECT_EQ(most, GetParam().held);
}

INSTANTIATE_TEST_SUITE_P(Runs, Window,
                         testing::Values(WindowCase{0ms, 768}, WindowCase{1us, 768},
                                         WindowCase{100us, 88}, WindowCase{1ms, 10},
                                         WindowCase{5ms, 2}, WindowCase{1s, 2}));

TEST(Leasing, LeasesTravelInBatches) {
  Rig rig(rules_for(1));
  rig.plan(10000);
  rig.staff(1);
  for (std::uint64_t i = 0; i < 5000; ++i) rig.report(worker(0), i, 1, lasting(1us));
  EXPECT_LT(of<Lease>(rig.all()).size(), 100u);
}

TEST(Leasing, TheTailIsSpreadEvenly) {
  Rig rig(rules_for(4));
  rig.plan(1000);
  rig.staff(4);
  std::uint64_t next_of[4] = {0, 0, 0, 0};
  std::vector<std::deque<std::uint64_t>> held(4);
  const auto note = [&](const std::vector<Effect>& effects) {
    for (const Lease& lease : of<Lease>(effects)) {
      for (const LeaseRange& range : lease.ranges) {
        for (std::uint32_t i = 0; i < range.count; ++i) {
          held[lease.worker.process].push_back(range.first.value + i);
        }
      }
    }
  };
  note(rig.all());
  std::uint64_t left = 1000;
  while (left > 0) {
    for (std::uint32_t process = 0; process < 4; ++process) {
      if (held[process].empty()) continue;
      const std::uint64_t id = held[process].front();
      held[process].pop_front();
      ++next_of[process];
      --left;
      note(rig.report(worker(process), id, 1, lasting(1us)));
      EXPECT_LE(held[process].size(), std::max<std::uint64_t>(2, left / 4 + 1));
    }
  }
  for (const std::uint64_t done : next_of) EXPECT_NEAR(static_cast<double>(done), 250, 60);
}

TEST(Leasing, ARetryNeverWidensTheWindow) {
  Rig rig(rules_for(1));
  rig.plan(100000);
  rig.staff(1);
  std::uint32_t held = 2;
  std::uint64_t i = 0;
  for (; i < 200; ++i) held += leased(rig.report(worker(0), i, 1, lasting(1us))) - 1;
  rig.failed(worker(0), i++, 1, AttemptStatus::kRunException);
  --held;
  rig.settle();
  std::vector<Effect> effects;
  while (leased(effects) == 0) {
    effects = rig.report(worker(0), i++, 1, lasting(1us));
    --held;
  }
  const auto leases = of<Lease>(effects);
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_THAT(leases[0].ranges, ElementsAre(LeaseRange{MiniBatchId{200}, 1, 2}));
}

TEST(Leasing, AStuckWorkerGivesItsQueueToIdleOnes) {
  Rig rig(rules_for(2));
  rig.plan(4);
  rig.staff(2);  // both hold two
  rig.report(worker(1), 2, 1, lasting(1ms));
  rig.report(worker(1), 3, 1, lasting(1ms));
  EXPECT_THAT(of<Revoke>(rig.all()), IsEmpty());
  const auto revokes = of<Revoke>(rig.pass(60ms));
  ASSERT_THAT(revokes, SizeIs(1));
  EXPECT_EQ(revokes[0].worker, worker(0));
  EXPECT_EQ(revokes[0].keep, 1u);
  const auto leases =
      of<Lease>(rig.send(LeasesReturned{worker(0), Epoch{1}, {{MiniBatchId{1}, 1, 1}}}));
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].worker, worker(1));
  // It is not asked again and again.
  EXPECT_THAT(of<Revoke>(rig.pass(30s)), IsEmpty());
}

TEST(Leasing, WorkersAreNotStartedBeyondTheRemainingWork) {
  Rig rig(rules_for(8));
  rig.plan(3);
  EXPECT_THAT(of<StartWorker>(rig.join()), SizeIs(3));
}

TEST(Leasing, WorkersAreSpreadOverNodes) {
  Rig rig(rules_for(8));
  rig.join(0);
  rig.join(1);
  EXPECT_THAT(of<StartWorker>(rig.all()), SizeIs(1));  // nothing is planned yet
  rig.send(PlanGrew{4});
  std::uint32_t of_node[2] = {0, 0};
  for (const StartWorker& start : of<StartWorker>(rig.all())) ++of_node[start.worker.node.value];
  EXPECT_EQ(of_node[0], 2u);
  EXPECT_EQ(of_node[1], 2u);
}

TEST(Leasing, WhileThePlanGrowsAllWorkersStartAfterAMoment) {
  Rig rig(rules_for(8));
  rig.join();
  rig.send(PlanGrew{2});
  EXPECT_THAT(of<StartWorker>(rig.all()), SizeIs(2));
  rig.pass(250ms);
  EXPECT_THAT(of<StartWorker>(rig.all()), SizeIs(8));
}

TEST(Leasing, ADeadWorkerIsReplacedByTheNextNumber) {
  Rig rig(rules_for(2));
  rig.plan(50);
  rig.staff(2);
  rig.send(WorkerExited{worker(0)});
  rig.ready(2);
  rig.send(WorkerExited{worker(2)});
  const auto started = of<StartWorker>(rig.all());
  ASSERT_THAT(started, SizeIs(4));
  EXPECT_EQ(started[2].worker, worker(2));
  EXPECT_EQ(started[3].worker, worker(3));
}

TEST(Leasing, AWorkerNobodyCountsOnIsStopped) {
  Rig rig(rules_for(1));
  rig.plan(5);
  rig.staff(1);
  const auto stops = of<StopWorker>(rig.send(WorkerReady{worker(9)}));
  ASSERT_THAT(stops, SizeIs(1));
  EXPECT_EQ(stops[0].worker, worker(9));
}

TEST(Leasing, WorkThatIsPlannedLaterGoesToWaitingWorkers) {
  Rig rig(rules_for(2));
  rig.join();
  rig.pass(250ms);
  rig.ready(0);
  rig.ready(1);
  const auto leases = of<Lease>(rig.send(PlanGrew{2}));
  EXPECT_THAT(leases, SizeIs(2));
}

}  // namespace
}  // namespace batchmill::parallel
