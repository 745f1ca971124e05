#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/scheduler_rig.h"

// A straggler gets a second attempt elsewhere; the first good one counts (parallel-job.md 9,
// row 20).
namespace batchmill::parallel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint64_t kLast = 40;  // the mini-batch that straggles

StepRules speculating(std::uint32_t max_retries = 2) {
  StepRules rules = rules_with(max_retries);
  rules.speculation = true;
  return rules;
}

// Three nodes with a worker each. 40 mini-batches of a second each are done; the last one, 40, runs
// since then on node 0, and the others have nothing to do.
struct TwinRig : Rig {
  explicit TwinRig(StepRules rules = speculating(), std::uint32_t nodes = 3) : Rig(rules) {
    plan(kLast + 1);
    for (std::uint32_t node = 0; node < nodes; ++node) join(node);
    for (std::uint32_t node = 0; node < nodes; ++node) ready(0, node);
    for (bool any = true; any;) {
      any = false;
      for (const Effect& effect : all()) {
        const auto* lease = std::get_if<Lease>(&effect);
        if (lease == nullptr) continue;
        for (const LeaseRange& range : lease->ranges) {
          for (std::uint32_t i = 0; i < range.count; ++i) any |= hold(lease->worker, range, i);
        }
      }
    }
    settle();
    EXPECT_EQ(tally().succeeded, kLast);
  }

  bool hold(WorkerId by, const LeaseRange& range, std::uint32_t i) {
    const std::uint64_t id = range.first.value + i;
    if (done_.contains(id)) return false;
    if (id == kLast) {
      straggler_ = by;
      return false;
    }
    done_.insert(id);
    Outcome result = outcome(AttemptStatus::kRunDone);
    result.run = result.elapsed = 1s;
    report(by, id, 1, result);
    return true;
  }
  WorkerId straggler() const { return straggler_; }

  // Lets it be found; returns who got the twin.
  WorkerId twin() {
    const auto leases = of<Lease>(pass(3s));
    if (leases.size() != 1) {
      ADD_FAILURE() << leases.size() << " leases instead of a twin";
      return {};
    }
    EXPECT_THAT(leases[0].ranges, ElementsAre(whole(kLast, 2)));
    EXPECT_NE(leases[0].worker, straggler_);
    return leases[0].worker;
  }
  std::vector<std::string> states() const {
    std::vector<std::string> found;
    for (const AttemptRecord& each : committed()) {
      if (each.id.mini_batch.value != kLast) continue;
      found.push_back(std::to_string(each.id.number) + " " + status_name(each.outcome.status) +
                      (each.split   ? " split"
                       : each.final ? " final"
                                    : ""));
    }
    return found;
  }

 private:
  std::set<std::uint64_t> done_;
  WorkerId straggler_;
};

// ---- when

TEST(Twins, AStragglerIsOneThatRunsTwiceAsLongAsTheSlowOnes) {
  TwinRig rig;
  EXPECT_THAT(of<Lease>(rig.pass(1980ms)), IsEmpty());
  // Runs of one second lie in a bucket that ends a little later.
  const auto leases = of<Lease>(rig.pass(700ms));
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_THAT(leases[0].ranges, ElementsAre(whole(kLast, 2)));
  EXPECT_NE(leases[0].worker.node, rig.straggler().node);
  EXPECT_THAT(of<Lease>(rig.pass(200s)), IsEmpty());  // one twin is enough
}

TEST(Twins, HeartbeatsSayHowLongItRunsReally) {
  TwinRig rig;
  rig.send(WorkerBusy{rig.straggler(), 0, true, MiniBatchId{kLast}, 10s});
  EXPECT_THAT(of<Lease>(rig.pass(1s)), SizeIs(1));
  TwinRig loading;
  loading.pass(1900ms);
  loading.send(WorkerBusy{loading.straggler(), 0, true, MiniBatchId{kLast}, 0s});  // run() begins
  EXPECT_THAT(of<Lease>(loading.pass(1900ms)), IsEmpty());
}

TEST(Twins, NeverWithoutTheSettingOrSomebodyIdle) {
  TwinRig off(rules_with(2));
  EXPECT_THAT(of<Lease>(off.pass(100s)), IsEmpty());
  TwinRig alone(speculating(), 1);
  EXPECT_THAT(of<Lease>(alone.pass(100s)), IsEmpty());
}

TEST(Twins, NotBeforeThePlanIsCompleteNorWhileLittleIsKnown) {
  for (const bool complete : {false, true}) {
    StepRules rules = speculating();
    rules.workers_per_node = 2;
    Rig rig(rules);
    rig.send(PlanGrew{3});
    rig.staff(2);
    rig.done(worker(1), 1);
    Outcome slow = outcome(AttemptStatus::kRunDone);
    if (complete) rig.send(PlanComplete{3, 15});
    // Of three mini-batches one is done: less than half.
    rig.settle();
    EXPECT_THAT(of<Lease>(rig.pass(100s)), IsEmpty()) << complete;
    rig.done(worker(1), 2);
    rig.settle();
    EXPECT_THAT(of<Lease>(rig.pass(100s)), SizeIs(complete ? 1 : 0));
  }
}

TEST(Twins, OnTheSameNodeWhenThereIsNoOther) {
  StepRules rules = speculating();
  rules.workers_per_node = 2;
  Rig rig(rules);
  rig.plan(2);
  rig.staff(2);
  rig.done(worker(1), 1);
  rig.settle();
  const auto leases = of<Lease>(rig.pass(10s));
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].worker, worker(1));
}

TEST(Twins, TakePartInTheRateLimit) {
  StepRules rules = speculating();
  rules.max_mini_batches_per_second = 0.01;
  rules.workers_per_node = 2;
  rules.progress_timeout = 10000s;
  Rig rig(rules);
  rig.plan(2);
  rig.staff(2);
  rig.pass(100s);
  rig.done(worker(1), 1);
  rig.settle();
  EXPECT_THAT(of<Lease>(rig.pass(99s)), IsEmpty());
  EXPECT_THAT(of<Lease>(rig.pass(2s)), SizeIs(1));
}

// ---- what becomes of them

TEST(Twins, TheFirstGoodResultCountsAndTheOtherIsKilled) {
  for (const bool second_wins : {false, true}) {
    TwinRig rig;
    const WorkerId first = rig.straggler(), second = rig.twin();
    const auto effects = second_wins ? rig.done(second, kLast, 2) : rig.done(first, kLast, 1);
    const auto kills = of<KillAttempt>(effects);
    ASSERT_THAT(kills, SizeIs(1));
    EXPECT_EQ(kills[0].worker, second_wins ? first : second);
    EXPECT_EQ(kills[0].mini_batch, MiniBatchId{kLast});
    EXPECT_EQ(kills[0].status, AttemptStatus::kCanceled);
    // Whatever the other one says.
    second_wins ? rig.done(first, kLast, 1)
                : rig.failed(second, kLast, 2, AttemptStatus::kCanceled);
    rig.commit();
    rig.settle();
    EXPECT_THAT(rig.states(), ElementsAre(second_wins ? "2 RUN_DONE final" : "1 RUN_DONE final"));
    EXPECT_EQ(rig.tally().succeeded, kLast + 1);
    rig.let_workers_exit();
    EXPECT_EQ(rig.finish().verdict, Verdict::kCompleted);
  }
}

TEST(Twins, AFailureIsATryAndTheOtherRunsOn) {
  for (const std::uint16_t fails : {1, 2}) {
    TwinRig rig;
    const WorkerId first = rig.straggler(), second = rig.twin();
    const WorkerId loser = fails == 1 ? first : second, other = fails == 1 ? second : first;
    const std::uint16_t goes_on = 3 - fails;
    rig.failed(loser, kLast, fails, AttemptStatus::kRunException);
    rig.settle();
    EXPECT_THAT(of<Lease>(rig.pass(30s)), IsEmpty());  // no retry while it runs
    rig.done(other, kLast, goes_on);
    rig.commit();
    EXPECT_THAT(rig.states(), ElementsAre(std::to_string(fails) + " RUN_EXCEPTION",
                                          std::to_string(goes_on) + " RUN_DONE final"));
  }
}

TEST(Twins, WhenBothFailedItIsTriedAgain) {
  for (const bool in_one_group : {false, true}) {
    TwinRig rig;
    const WorkerId first = rig.straggler(), second = rig.twin();
    rig.failed(second, kLast, 2, AttemptStatus::kRunException);
    if (!in_one_group) rig.settle();
    rig.failed(first, kLast, 1, AttemptStatus::kRunException);
    auto effects = rig.commit();
    const auto more = rig.settle();
    effects.insert(effects.end(), more.begin(), more.end());
    EXPECT_THAT(ranges_leased(effects), ElementsAre(whole(kLast, 3)));
    rig.failed(of<Lease>(effects)[0].worker, kLast, 3, AttemptStatus::kRunException);
    rig.settle();
    EXPECT_THAT(rig.states(),
                ElementsAre("2 RUN_EXCEPTION", "1 RUN_EXCEPTION", "3 RUN_EXCEPTION final"));
    EXPECT_EQ(rig.tally().failed, 1u);
  }
}

TEST(Twins, TheLastTryWaitsForTheOther) {
  struct Case {
    AttemptStatus other;
    std::string end;
    std::uint64_t failed;
  };
  for (const Case& each : {Case{AttemptStatus::kRunDone, "1 RUN_DONE final", 0},
                           Case{AttemptStatus::kRunException, "2 RUN_TIMEOUT final", 1},
                           Case{AttemptStatus::kNodeLost, "2 RUN_TIMEOUT final", 1},
                           Case{AttemptStatus::kCanceled, "2 RUN_TIMEOUT final", 1}}) {
    TwinRig rig(speculating(0));
    const WorkerId first = rig.straggler(), second = rig.twin();
    rig.failed(second, kLast, 2, AttemptStatus::kRunTimeout);
    rig.settle();
    EXPECT_THAT(rig.states(), IsEmpty());
    if (each.other == AttemptStatus::kNodeLost) {
      rig.send(NodeLost{first.node, "gone"});
    } else {
      rig.report(first, kLast, 1, outcome(each.other));
    }
    rig.commit();
    rig.settle();
    EXPECT_THAT(rig.states(), ElementsAre(each.end));
    EXPECT_EQ(rig.tally().failed, each.failed);
  }
}

TEST(Twins, AFailureThatIsNotDurableYetUsesUpItsTry) {
  TwinRig rig(speculating(1));
  const WorkerId first = rig.straggler(), second = rig.twin();
  rig.failed(first, kLast, 1, AttemptStatus::kRunException);
  rig.failed(second, kLast, 2, AttemptStatus::kRunException);
  rig.settle();
  EXPECT_THAT(rig.states(), ElementsAre("1 RUN_EXCEPTION", "2 RUN_EXCEPTION final"));
}

TEST(Twins, AWorkerOrANodeThatIsLostLeavesItToTheOther) {
  for (const bool whole_node : {false, true}) {
    for (const bool lose_first : {false, true}) {
      TwinRig rig;
      const WorkerId first = rig.straggler(), second = rig.twin();
      const WorkerId lost = lose_first ? first : second, other = lose_first ? second : first;
      if (whole_node) {
        rig.send(NodeLost{lost.node, "gone"});
      } else {
        rig.send(WorkerExited{lost});
      }
      rig.settle();
      EXPECT_THAT(ranges_leased(rig.pass(10s)), IsEmpty());
      rig.done(other, kLast, lose_first ? 2 : 1);
      rig.commit();
      EXPECT_EQ(rig.tally().succeeded, kLast + 1);
      EXPECT_THAT(rig.states(), SizeIs(whole_node ? 2 : 1));
    }
  }
}

TEST(Twins, WhenBothAreLostItIsLeasedAgain) {
  TwinRig rig;
  const WorkerId first = rig.straggler(), second = rig.twin();
  rig.send(WorkerExited{first});
  const auto effects = rig.send(WorkerExited{second});
  EXPECT_THAT(ranges_leased(effects), ElementsAre(whole(kLast, 1)));  // none was used up
  rig.done(of<Lease>(effects)[0].worker, kLast, 1);
  rig.commit();
  EXPECT_THAT(rig.states(), ElementsAre("1 RUN_DONE final"));
}

TEST(Twins, AReconnectionKeepsThem) {
  TwinRig rig;
  const WorkerId first = rig.straggler(), second = rig.twin();
  rig.send(NodeJoined{first.node, {AdoptedWorker{first, true, {whole(kLast, 1)}, Epoch{1}}}});
  rig.failed(second, kLast, 2, AttemptStatus::kRunException);
  rig.settle();
  rig.pass(10s);
  rig.done(first, kLast, 1);
  rig.commit();
  EXPECT_THAT(rig.states(), ElementsAre("2 RUN_EXCEPTION", "1 RUN_DONE final"));
}

TEST(Twins, TwoOnTheNodeThatReconnectsBothComeBack) {
  StepRules rules = speculating();
  rules.workers_per_node = 2;
  Rig rig(rules);
  rig.plan(2);
  rig.staff(2);
  rig.done(worker(1), 1);
  rig.settle();
  ASSERT_THAT(of<Lease>(rig.pass(10s)), SizeIs(1));
  rig.send(NodeJoined{NodeId{0},
                      {AdoptedWorker{worker(0), true, {whole(0, 1)}, Epoch{1}},
                       AdoptedWorker{worker(1), true, {whole(0, 2)}, Epoch{1}}}});
  EXPECT_THAT(of<KillAttempt>(rig.done(worker(0), 0, 1)), SizeIs(1));
}

TEST(Twins, WhatOneSaidIsNotTakenBack) {
  TwinRig rig;
  const WorkerId second = rig.twin();
  rig.failed(second, kLast, 2, AttemptStatus::kRunException);
  rig.done(second, kLast, 2);  // its lease arrived twice, so it ran twice
  rig.settle();
  EXPECT_THAT(rig.states(), ElementsAre("2 RUN_EXCEPTION"));
}

TEST(Twins, AFailureThatIsReplayedAfterAReconnectionCountsOnce) {
  TwinRig rig(speculating(5));
  const WorkerId first = rig.straggler(), second = rig.twin();
  rig.failed(first, kLast, 1, AttemptStatus::kRunException);
  rig.send(NodeJoined{first.node, {AdoptedWorker{first, true, {whole(kLast, 1)}, Epoch{1}}}});
  rig.failed(first, kLast, 1, AttemptStatus::kRunException);
  rig.failed(second, kLast, 2, AttemptStatus::kRunException);
  rig.settle();
  EXPECT_THAT(rig.states(), ElementsAre("1 RUN_EXCEPTION", "2 RUN_EXCEPTION"));
}

TEST(Twins, APartMayHaveOneToo) {
  StepRules rules = speculating(0);
  rules.bisect = true;
  TwinRig rig(rules);
  rig.failed(rig.straggler(), kLast, 1, AttemptStatus::kRunException);  // of five items
  rig.settle();
  std::map<WorkerId, LeaseRange> holders;
  for (const Lease& lease : of<Lease>(rig.all())) {
    for (const LeaseRange& range : lease.ranges) {
      if (!range.part.is_whole()) holders[lease.worker] = range;
    }
  }
  ASSERT_THAT(holders, SizeIs(2));
  const auto leases = of<Lease>(rig.pass(10s));
  ASSERT_THAT(leases, SizeIs(1));
  const LeaseRange twin = leases[0].ranges[0];
  EXPECT_EQ(twin.attempt, 2);
  const auto send = [&](WorkerId by, const LeaseRange& range, AttemptStatus status) {
    rig.send(AttemptFinished{by, rig.attempt(kLast, range.attempt, range.part),
                             outcome(status, range.part.count, range.part.count)});
  };
  send(leases[0].worker, twin, AttemptStatus::kRunException);  // its only try: it waits
  for (const auto& [by, range] : holders) {
    send(by, range, AttemptStatus::kRunDone);
  }
  rig.commit();
  EXPECT_EQ(rig.tally().succeeded, kLast + 1);
  EXPECT_EQ(rig.tally().items_failed, 0u);
}

TEST(Twins, ACanceledStepEndsWhateverTheyDo) {
  for (const bool one_failed : {false, true}) {
    TwinRig rig(speculating(0));
    const WorkerId second = rig.twin();
    if (one_failed) rig.failed(second, kLast, 2, AttemptStatus::kRunException);
    rig.send(CancelRequested{});
    rig.pass(30s);
    rig.let_workers_exit();
    rig.commit();
    rig.settle();
    EXPECT_EQ(rig.finish().verdict, Verdict::kCanceled);
    EXPECT_THAT(rig.states(), SizeIs(one_failed ? 1 : 0));
  }
}

// ---- a new leader

class AdoptedTwins : public testing::TestWithParam<bool> {
 protected:
  AdoptedTwins() : rig_(speculating(1), 2) {
    rig_.scheduler().recovered(MiniBatchId{1}, rig_.now());
    rig_.plan(1);
    for (const std::uint32_t node : GetParam() ? std::vector{0u, 1u} : std::vector{1u, 0u}) {
      const auto number = static_cast<std::uint16_t>(node + 1);
      rig_.send(NodeJoined{NodeId{node},
                           {AdoptedWorker{worker(0, node), true, {whole(0, number)}, Epoch{1}}}});
    }
  }
  std::vector<Effect> report(std::uint32_t node, AttemptStatus status) {
    return rig_.send(
        AttemptFinished{worker(0, node),
                        {MiniBatchId{0}, Epoch{1}, static_cast<std::uint16_t>(node + 1)},
                        outcome(status)});
  }
  Rig rig_;
};

TEST_P(AdoptedTwins, StayTwins) {
  report(1, AttemptStatus::kRunException);
  rig_.settle();
  EXPECT_THAT(of<Lease>(rig_.pass(10s)), IsEmpty());
  report(0, AttemptStatus::kRunDone);
  rig_.commit();
  rig_.let_workers_exit();
  EXPECT_THAT(rig_.committed(), SizeIs(2));
  EXPECT_EQ(rig_.tally().succeeded, 1u);
  EXPECT_EQ(rig_.finish().verdict, Verdict::kCompleted);
}

TEST_P(AdoptedTwins, OneSuccessEndsTheOther) {
  EXPECT_THAT(of<KillAttempt>(report(0, AttemptStatus::kRunDone)), SizeIs(1));
  report(1, AttemptStatus::kRunDone);
  rig_.commit();
  EXPECT_THAT(rig_.committed(), SizeIs(1));
  EXPECT_EQ(rig_.tally().rows, 5u);
}

TEST(Twins, TheSlowerOneIsEndedAgainWhenItsAgentComesBackWithIt) {
  for (const bool speculation : {true, false}) {
    StepRules rules = speculating();
    rules.speculation = speculation;
    Rig rig(rules, 2);
    AttemptRecord success;
    success.id = {MiniBatchId{0}, Epoch{1}, 2};
    success.worker = worker(0, 1);
    success.outcome = outcome(AttemptStatus::kRunDone);
    rig.scheduler().recover(success);
    rig.scheduler().recovered(MiniBatchId{1}, rig.now());
    rig.plan(2);
    const auto effects =
        rig.send(NodeJoined{NodeId{0}, {AdoptedWorker{worker(0), true, {whole(0, 1)}, Epoch{1}}}});
    EXPECT_THAT(of<KillAttempt>(effects), SizeIs(speculation ? 1 : 0));
  }
}

INSTANTIATE_TEST_SUITE_P(EitherFirst, AdoptedTwins, testing::Bool());

}  // namespace
}  // namespace batchmill::parallel
