#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/lease_window.h"
#include "parallel/scheduler_rig.h"

// How fast a step goes (parallel-job.md 9, rows 20 and 26, and 3.7): staggered starts, the rate
// limit, fixed windows, largest first.
namespace batchmill::parallel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::uint64_t> ids(const std::vector<Effect>& effects) {
  std::vector<std::uint64_t> all;
  for (const LeaseRange& range : ranges_leased(effects)) {
    for (std::uint32_t i = 0; i < range.count; ++i) all.push_back(range.first.value + i);
  }
  return all;
}

std::shared_ptr<const std::vector<MiniBatchId>> order(const std::vector<std::uint64_t>& listed) {
  std::vector<MiniBatchId> made;
  for (const std::uint64_t id : listed) made.push_back(MiniBatchId{id});
  return std::make_shared<const std::vector<MiniBatchId>>(std::move(made));
}

// ---- init_stagger

TEST(Stagger, IsKeptBetweenStartsOnAllNodes) {
  StepRules rules = rules_for(2);
  rules.init_stagger = 10s;
  Rig rig(rules);
  rig.plan(100);
  EXPECT_THAT(of<StartWorker>(rig.join(0)), SizeIs(1));
  EXPECT_THAT(of<StartWorker>(rig.join(1)), IsEmpty());
  EXPECT_THAT(of<StartWorker>(rig.pass(9999ms)), IsEmpty());
  EXPECT_THAT(of<StartWorker>(rig.pass(1ms)), SizeIs(1));
  EXPECT_THAT(of<StartWorker>(rig.pass(20s)), SizeIs(2));
  EXPECT_THAT(of<StartWorker>(rig.pass(100s)), IsEmpty());  // all four are there
}

TEST(Stagger, CountsFromTheBeginOfTheProcessToo) {
  StepRules rules = rules_for(2);
  rules.init_stagger = 10s;
  Rig rig(rules);
  rig.plan(100);
  rig.join();
  rig.pass(6s);  // it waited for a core
  rig.send(WorkerStarting{worker(0)});
  EXPECT_THAT(of<StartWorker>(rig.pass(9s)), IsEmpty());
  EXPECT_THAT(of<StartWorker>(rig.pass(1s)), SizeIs(1));
}

TEST(Stagger, HoldsForReplacementsAsWell) {
  StepRules rules;
  rules.init_stagger = 10s;
  Rig rig(rules);
  rig.plan(100);
  rig.staff(1);
  EXPECT_THAT(of<StartWorker>(rig.send(WorkerExited{worker(0)})), IsEmpty());
  EXPECT_THAT(of<StartWorker>(rig.pass(10s)), SizeIs(1));
}

// ---- max_mini_batches_per_second

// Workers that are done at once report whenever a lease comes; returns the times of all leases.
std::vector<TimePoint> lease_times(Rig& rig, Duration time) {
  std::vector<TimePoint> times;
  std::vector<Effect> effects = rig.all();
  const TimePoint end = rig.now() + time;
  while (rig.now() < end && !rig.finished()) {
    while (!of<Lease>(effects).empty()) {
      std::vector<Effect> more;
      for (const Lease& lease : of<Lease>(effects)) {
        for (const LeaseRange& range : lease.ranges) {
          times.push_back(rig.now());
          const auto next = rig.done(lease.worker, range.first.value, range.attempt);
          more.insert(more.end(), next.begin(), next.end());
        }
      }
      effects = more;
    }
    effects = rig.pass(std::min<Duration>(1ms, end - rig.now()));
    rig.commit();
  }
  return times;
}

TEST(Rate, LeasesComeEvenly) {
  StepRules rules = rules_for(3);
  rules.max_mini_batches_per_second = 4;
  Rig rig(rules);
  rig.plan(1000);
  rig.staff(3);
  const std::vector<TimePoint> times = lease_times(rig, 10s);
  EXPECT_THAT(times, SizeIs(40));
  for (std::size_t i = 1; i < times.size(); ++i) EXPECT_GE(times[i] - times[i - 1], 249ms);
}

TEST(Rate, RetriesCountToo) {
  StepRules rules;
  rules.max_mini_batches_per_second = 1;
  Rig rig(rules);
  rig.plan(1);
  rig.staff(1);
  EXPECT_THAT(ids(rig.all()), ElementsAre(0));
  rig.failed(worker(0), 0, 1, AttemptStatus::kRunException);
  EXPECT_THAT(ranges_leased(rig.settle()), IsEmpty());
  EXPECT_THAT(ranges_leased(rig.pass(989ms)), IsEmpty());
  EXPECT_THAT(ranges_leased(rig.pass(1ms)), ElementsAre(LeaseRange{MiniBatchId{0}, 1, 2}));
}

TEST(Rate, WhoHasNothingComesFirst) {
  StepRules rules = rules_for(3);
  rules.max_mini_batches_per_second = 40;  // four at once
  Rig rig(rules);
  rig.join();
  rig.pass(250ms);
  for (std::uint32_t i = 0; i < 3; ++i) rig.ready(i);
  rig.plan(100);
  const auto leases = of<Lease>(rig.all());
  std::map<WorkerId, std::size_t> held;
  for (const Lease& lease : leases) {
    for (const LeaseRange& range : lease.ranges) held[lease.worker] += range.count;
  }
  ASSERT_THAT(held, SizeIs(3));
  for (const auto& [id, count] : held) EXPECT_LE(count, 2u);
}

TEST(Rate, TheWindowIsNeverWidened) {
  StepRules rules;
  rules.max_mini_batches_per_second = 1e6;
  Rig rig(rules);
  rig.plan(10000);
  rig.staff(1);
  for (std::uint64_t i = 0; i < 200; ++i) {
    Outcome quick = outcome(AttemptStatus::kRunDone);
    quick.run = quick.elapsed = Duration(1us);
    for (const LeaseRange& range : ranges_leased(rig.report(worker(0), i, 1, quick))) {
      EXPECT_LE(range.count, LeaseWindow::kBase);
    }
  }
  EXPECT_LE(rig.high_water().value, 202u);
}

TEST(Rate, ASlowRateIsNoLackOfProgress) {
  StepRules rules;
  rules.max_mini_batches_per_second = 0.001;  // one in 1000 s
  rules.progress_timeout = 300s;
  Rig rig(rules);
  rig.plan(3);
  rig.staff(1);
  rig.done(worker(0), 0);
  rig.settle();
  EXPECT_THAT(ids(rig.pass(1000s)), ElementsAre(1));
  EXPECT_FALSE(rig.finished());
  rig.pass(299s);  // now it is the script that takes so long
  EXPECT_THAT(of<Revoke>(rig.all()), IsEmpty());
  rig.pass(1s);
  rig.pass(20s);
  rig.let_workers_exit();
  rig.settle();
  EXPECT_EQ(rig.finish().cause, Cause::kNoProgress);
}

TEST(Rate, LeasesThatComeBackUnstartedAreNotCounted) {
  StepRules rules = rules_for(2);
  rules.max_mini_batches_per_second = 1;
  Rig rig(rules);
  rig.plan(10);
  rig.staff(2);
  EXPECT_THAT(ids(rig.all()), ElementsAre(0));
  const auto effects =
      rig.send(LeasesReturned{worker(0), Epoch{1}, {LeaseRange{MiniBatchId{0}, 1, 1}}});
  EXPECT_THAT(ids(effects), ElementsAre(0));
}

// A retry that avoids nobody and only waits for the limit must not be asked for at every moment.
TEST(Rate, ARetryThatTheLimitHoldsBackAsksForNoTickBefore) {
  StepRules rules = rules_for(2);
  rules.max_mini_batches_per_second = 1;
  Rig rig(rules);
  rig.plan(10);
  rig.join(0);
  rig.ready(0, 0);
  rig.join(1);
  rig.ready(0, 1);
  rig.pass(1s);
  rig.send(NodeLost{NodeId{0}, "gone"});
  rig.settle();
  rig.ready(1, 1);
  EXPECT_GT(rig.scheduler().next_deadline(), rig.now());
}

// ---- fixed_window

TEST(FixedWindow, IsFilledAndNeverWidened) {
  StepRules rules;
  rules.fixed_window = 8;
  Rig rig(rules);
  rig.plan(100000);
  rig.staff(1);
  EXPECT_THAT(ranges_leased(rig.all()), ElementsAre(LeaseRange{MiniBatchId{0}, 8, 1}));
  std::uint64_t held = 8;
  for (std::uint64_t i = 0; i < 400; ++i) {
    Outcome quick = outcome(AttemptStatus::kRunDone);
    quick.run = quick.elapsed = Duration(1us);
    const auto more = ranges_leased(rig.report(worker(0), i, 1, quick));
    held -= 1;
    for (const LeaseRange& range : more) held += range.count;
    EXPECT_LE(held, 8u);
    EXPECT_GE(held, 5u);  // topped up in batches
  }
}

TEST(FixedWindow, RetriesDoNotNarrowIt) {
  StepRules rules;
  rules.fixed_window = 8;
  Rig rig(rules);
  rig.plan(1000);
  rig.staff(1);
  for (std::uint64_t i = 0; i < 3; ++i) rig.failed(worker(0), i, 1, AttemptStatus::kRunException);
  rig.settle();
  EXPECT_THAT(ranges_leased(rig.done(worker(0), 3)),
              ElementsAre(LeaseRange{MiniBatchId{0}, 1, 2}, LeaseRange{MiniBatchId{1}, 1, 2},
                          LeaseRange{MiniBatchId{2}, 1, 2}, LeaseRange{MiniBatchId{8}, 1, 1}));
}

TEST(FixedWindow, TheLastOnesAreSpreadOverTheWorkers) {
  StepRules rules;
  rules.fixed_window = 32;
  rules.workers_per_node = 4;
  Rig rig(rules);
  rig.join();
  rig.plan(6);
  for (std::uint32_t i = 0; i < 4; ++i) rig.ready(i);
  for (const Lease& lease : of<Lease>(rig.all())) EXPECT_LE(lease.ranges[0].count, 2u);
  // What a worker holds it works on: nothing is taken from it.
  EXPECT_THAT(of<Revoke>(rig.pass(10s)), IsEmpty());
}

// ---- largest_first

TEST(LargestFirst, NothingIsLeasedBeforeThePlanIsComplete) {
  StepRules rules;
  rules.largest_first = true;
  Rig rig(rules);
  rig.send(PlanGrew{4});
  rig.staff(1);
  rig.pass(1s);
  EXPECT_THAT(ids(rig.all()), IsEmpty());
  EXPECT_EQ(rig.tally().mini_batches, 4u);
  rig.send(PlanComplete{5, 25, order({3, 1, 4, 0, 2})});
  EXPECT_THAT(ids(rig.all()), ElementsAre(3, 1));
  EXPECT_THAT(ids(rig.done(worker(0), 3)), ElementsAre(4));
  EXPECT_THAT(ids(rig.done(worker(0), 1)), ElementsAre(0));
  EXPECT_THAT(ids(rig.done(worker(0), 4)), ElementsAre(2));
}

TEST(LargestFirst, ALongListingIsTheFirstTaskWatchdogsAlone) {
  StepRules rules;
  rules.largest_first = true;
  rules.progress_timeout = 300s;
  Rig rig(rules);
  rig.send(PlanGrew{4});
  rig.staff(1);
  rig.pass(599s);
  EXPECT_THAT(of<StopWorker>(rig.all()), IsEmpty());
  rig.pass(1s);
  rig.let_workers_exit();
  EXPECT_EQ(rig.finish().cause, Cause::kFirstTask);
}

TEST(LargestFirst, NeighboursInTheOrderShareARange) {
  StepRules rules;
  rules.largest_first = true;
  rules.fixed_window = 6;
  Rig rig(rules);
  rig.staff(1);
  rig.send(PlanComplete{
      20, 0, order({7, 8, 9, 2, 1, 0, 3, 4, 5, 6, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19})});
  EXPECT_THAT(ranges_leased(rig.all()),
              ElementsAre(LeaseRange{MiniBatchId{7}, 3, 1}, LeaseRange{MiniBatchId{2}, 1, 1},
                          LeaseRange{MiniBatchId{1}, 1, 1}, LeaseRange{MiniBatchId{0}, 1, 1}));
}

TEST(LargestFirst, WhatCameBackGoesFirst) {
  StepRules rules;
  rules.largest_first = true;
  Rig rig(rules);
  rig.staff(1);
  rig.send(PlanComplete{6, 0, order({5, 3, 1, 4, 2, 0})});
  const auto effects =
      rig.send(LeasesReturned{worker(0), Epoch{1}, {LeaseRange{MiniBatchId{3}, 1, 1}}});
  EXPECT_THAT(ids(effects), ElementsAre(3));
  EXPECT_THAT(ids(rig.done(worker(0), 5)), ElementsAre(1));
}

TEST(LargestFirst, ARestartTakesEverythingForPossiblyHeldAndKeepsTheOrder) {
  StepRules rules;
  rules.largest_first = true;
  Rig first(rules);
  first.staff(1);
  first.send(PlanComplete{6, 0, order({5, 3, 1, 4, 2, 0})});
  first.done(worker(0), 5);
  first.settle();
  EXPECT_EQ(first.high_water(), MiniBatchId{6});

  Rig second(rules, 2);
  second.recover(first);
  second.send(PlanGrew{6});
  const AdoptedWorker holds_two{
      worker(0), true, {{MiniBatchId{3}, 1, 1}, {MiniBatchId{1}, 1, 1}}, Epoch{1}};
  second.send(NodeJoined{NodeId{0}, {holds_two}});
  second.send(PlanComplete{6, 0, order({5, 3, 1, 4, 2, 0})});
  second.join(1);
  second.send(AllNodesBack{});
  second.ready(0, 1);
  EXPECT_THAT(ids(second.all()), IsEmpty());  // the rest may still be with someone
  EXPECT_THAT(ids(second.pass(250ms)), ElementsAre(4, 2));
  EXPECT_THAT(ids(second.done(worker(0, 1), 4)), ElementsAre(0));
}

TEST(LargestFirst, LeasesOfALeaderThatCommittedNothingAreAdopted) {
  StepRules rules;
  rules.largest_first = true;
  Rig rig(rules, 2);
  rig.scheduler().recovered(MiniBatchId{0}, rig.now());
  rig.send(NodeJoined{NodeId{0}, {{worker(0), true, {{MiniBatchId{3}, 1, 1}}, Epoch{1}}}});
  rig.send(PlanComplete{5, 0, order({4, 3, 0, 2, 1})});
  EXPECT_THAT(ids(rig.all()), ElementsAre(4));
  rig.send(
      AttemptFinished{worker(0), {MiniBatchId{3}, Epoch{1}, 1}, outcome(AttemptStatus::kRunDone)});
  EXPECT_THAT(ids(rig.all()), ElementsAre(4, 0));
}

}  // namespace
}  // namespace batchmill::parallel
