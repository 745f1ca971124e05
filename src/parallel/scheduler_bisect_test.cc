#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parallel/scheduler_rig.h"

// A failing mini-batch is cut until its bad items stand alone (parallel-job.md 9, row 19).
namespace batchmill::parallel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

StepRules bisecting(std::uint32_t max_retries, std::uint32_t workers = 1) {
  StepRules rules = rules_with(max_retries, workers);
  rules.bisect = true;
  return rules;
}

LeaseRange part_of(std::uint64_t mini_batch, ItemRange part, std::uint16_t attempt = 1) {
  return {MiniBatchId{mini_batch}, 1, attempt, part};
}

Outcome of_items(AttemptStatus status, std::uint32_t items) {
  return outcome(status, items, items);
}

struct PartRig : Rig {
  using Rig::Rig;
  // With one worker, for a step without retries: mini-batch 0 fails, and its halves are leased.
  void cut(std::uint64_t mini_batches, std::uint32_t items) {
    plan(mini_batches);
    staff(1);
    report(worker(0), 0, 1, of_items(AttemptStatus::kRunException, items));
    commit();
  }
  std::vector<Effect> part(std::uint64_t mini_batch, ItemRange range, AttemptStatus status,
                           std::uint16_t number = 1, std::uint32_t process = 0) {
    return send(AttemptFinished{worker(process), attempt(mini_batch, number, range),
                                of_items(status, range.count)});
  }
};

TEST(Bisect, IsolatesTheBadItem) {
  PartRig rig(bisecting(1));
  rig.cut(1, 3);
  rig.report(worker(0), 0, 2, of_items(AttemptStatus::kRunException, 3));
  EXPECT_THAT(ranges_leased(rig.commit()), ElementsAre(part_of(0, {0, 2}), part_of(0, {2, 1})));
  EXPECT_EQ(rig.tally().failed, 0u);
  EXPECT_EQ(rig.tally().items_total, 0u);
  rig.part(0, {0, 2}, AttemptStatus::kRunException);  // tried once
  rig.part(0, {2, 1}, AttemptStatus::kRunDone);
  EXPECT_THAT(ranges_leased(rig.commit()), ElementsAre(part_of(0, {0, 1}), part_of(0, {1, 1})));
  EXPECT_EQ(rig.tally().items_succeeded, 1u);  // counted as soon as it is final
  rig.part(0, {0, 1}, AttemptStatus::kRunDone);
  rig.part(0, {1, 1}, AttemptStatus::kRunException);
  EXPECT_THAT(ranges_leased(rig.commit()), ElementsAre(part_of(0, {1, 1}, 2)));
  EXPECT_EQ(rig.tally().failed, 0u);
  rig.part(0, {1, 1}, AttemptStatus::kRunException, 2);
  rig.commit();
  EXPECT_EQ(rig.tally().failed, 1u);
  EXPECT_EQ(rig.tally().succeeded, 0u);
  EXPECT_EQ(rig.tally().items_failed, 1u);
  EXPECT_EQ(rig.tally().items_succeeded, 2u);
  EXPECT_EQ(rig.tally().rows, 2u);
  EXPECT_EQ(rig.tally().tries, 7u);
  std::vector<std::string> states;
  for (const AttemptRecord& each : rig.committed()) {
    states.push_back(std::string(each.split   ? "split"
                                 : each.final ? "final"
                                              : "again") +
                     (each.rows_count ? " rows" : ""));
  }
  EXPECT_THAT(states,
              ElementsAre("again", "split", "split", "final rows", "final rows", "again", "final"));
}

TEST(Bisect, AMiniBatchOfPartsThatAllSucceedSucceeds) {
  PartRig rig(bisecting(0));
  rig.cut(1, 5);
  rig.part(0, {0, 3}, AttemptStatus::kRunDone);
  rig.part(0, {3, 2}, AttemptStatus::kRunDone);
  rig.commit();
  rig.let_workers_exit();
  EXPECT_EQ(rig.tally().succeeded, 1u);
  EXPECT_EQ(rig.tally().items_succeeded, 5u);
  EXPECT_EQ(rig.finish().verdict, Verdict::kCompleted);
}

struct CauseCase {
  AttemptStatus status;
  std::uint32_t items;    // that the outcome names
  std::uint32_t planned;  // items_of
  bool cut;
};

class BisectCauses : public testing::TestWithParam<CauseCase> {};

TEST_P(BisectCauses, SeveralItemsAreCutWhateverTheFailureWasIfTheirNumberIsKnown) {
  const CauseCase& param = GetParam();
  StepRules rules = bisecting(0);
  if (param.planned > 0) {
    rules.items_of = [items = param.planned](MiniBatchId) { return items; };
  }
  Rig rig(rules);
  rig.plan(1);
  rig.staff(1);
  rig.report(worker(0), 0, 1, outcome(param.status, param.items / 2, param.items));
  rig.commit();
  ASSERT_THAT(rig.committed(), SizeIs(1));
  const AttemptRecord& record = rig.committed().front();
  EXPECT_EQ(record.split, param.cut);
  EXPECT_EQ(record.final, !param.cut);
  EXPECT_EQ(rig.tally().failed, param.cut ? 0u : 1u);
  EXPECT_EQ(record.rows_count, !param.cut && param.status == AttemptStatus::kRunShort);
  EXPECT_EQ(record.outcome.total, std::max(param.items, param.planned));
}

INSTANTIATE_TEST_SUITE_P(Causes, BisectCauses,
                         testing::Values(CauseCase{AttemptStatus::kRunException, 2, 0, true},
                                         CauseCase{AttemptStatus::kRunTimeout, 2, 0, true},
                                         CauseCase{AttemptStatus::kRunShort, 2, 0, true},
                                         CauseCase{AttemptStatus::kProcessCrashed, 0, 9, true},
                                         CauseCase{AttemptStatus::kProcessCrashed, 0, 0, false},
                                         CauseCase{AttemptStatus::kRunException, 1, 0, false},
                                         CauseCase{AttemptStatus::kRunShort, 1, 0, false},
                                         CauseCase{AttemptStatus::kLoadException, 9, 0, true},
                                         CauseCase{AttemptStatus::kLoadException, 0, 9, true},
                                         CauseCase{AttemptStatus::kLoadException, 0, 0, false},
                                         CauseCase{AttemptStatus::kLoadException, 1, 0, false},
                                         CauseCase{AttemptStatus::kLoadTimeout, 0, 9, true},
                                         CauseCase{AttemptStatus::kLoadTimeout, 0, 0, false}));

TEST(Bisect, ALoneItemThatReturnsNothingFails) {
  PartRig rig(bisecting(0));
  rig.plan(1);
  rig.staff(1);
  rig.report(worker(0), 0, 1, outcome(AttemptStatus::kRunDone, 1, 2));
  rig.commit();
  rig.part(0, {0, 1}, AttemptStatus::kRunDone);
  rig.send(AttemptFinished{worker(0), rig.attempt(0, 1, {1, 1}),
                           outcome(AttemptStatus::kRunDone, 0, 1)});
  rig.commit();
  EXPECT_EQ(rig.committed().back().outcome.status, AttemptStatus::kRunShort);
  EXPECT_TRUE(rig.committed().back().final);
  EXPECT_TRUE(rig.committed().back().rows_count);
  EXPECT_EQ(rig.tally().failed, 1u);
  EXPECT_EQ(rig.tally().items_failed, 1u);
  EXPECT_EQ(rig.tally().rows, 1u);
}

TEST(Bisect, ThresholdsCountItemsByPartsAndMiniBatchesOnce) {
  struct Case {
    std::int64_t items, mini_batches;
    Cause cause;
  };
  for (const Case& each :
       {Case{-1, -1, Cause::kNone}, Case{2, 1, Cause::kNone}, Case{1, -1, Cause::kItemThreshold},
        Case{-1, 0, Cause::kMiniBatchThreshold}}) {
    StepRules rules = bisecting(0);
    rules.error_threshold = each.items;
    rules.mini_batch_error_threshold = each.mini_batches;
    PartRig rig(rules);
    rig.plan(1);
    rig.staff(1);
    rig.report(worker(0), 0, 1, of_items(AttemptStatus::kRunException, 4));
    rig.commit();
    rig.part(0, {0, 2}, AttemptStatus::kRunException);
    rig.part(0, {2, 2}, AttemptStatus::kRunDone);
    rig.commit();
    rig.part(0, {0, 1}, AttemptStatus::kRunException);
    rig.part(0, {1, 1}, AttemptStatus::kRunException);
    rig.commit();
    rig.pass(30s);
    rig.let_workers_exit();
    rig.commit();
    EXPECT_EQ(rig.finish().cause, each.cause);
    EXPECT_EQ(rig.tally().items_failed, 2u);
    EXPECT_EQ(rig.tally().failed, 1u);
  }
}

TEST(Bisect, PartsGoToOthersAndAfterACrashTheyWait) {
  PartRig rig(bisecting(0, 2));
  rig.plan(3);
  rig.staff(2);
  rig.report(worker(0), 0, 1, of_items(AttemptStatus::kProcessCrashed, 4));
  rig.send(WorkerExited{worker(0)});
  rig.settle();
  EXPECT_THAT(ranges_leased(rig.ready(2)), ElementsAre(whole(2, 1)));
  EXPECT_THAT(ranges_leased(rig.pass(89ms)), IsEmpty());
  EXPECT_THAT(ranges_leased(rig.pass(11ms)), Not(IsEmpty()));
}

TEST(Bisect, APartThatALostNodeHeldIsNotCharged) {
  PartRig rig(bisecting(0));
  rig.cut(1, 4);
  rig.send(NodeLost{NodeId{0}, "gone"});
  rig.settle();
  EXPECT_EQ(rig.committed().back().outcome.status, AttemptStatus::kNodeLost);
  EXPECT_EQ(rig.committed().back().outcome.total, 2u);
  EXPECT_FALSE(rig.committed().back().final);
  rig.join(1);
  EXPECT_THAT(ranges_leased(rig.ready(0, 1)),
              ElementsAre(part_of(0, {2, 2}), part_of(0, {0, 2}, 2)));
}

TEST(Bisect, PartsThatComeBackUnstartedKeepTheirTry) {
  PartRig rig(bisecting(0));
  rig.cut(1, 4);
  const auto again =
      rig.send(LeasesReturned{worker(0), Epoch{1}, {part_of(0, {2, 2}), part_of(0, {0, 2})}});
  EXPECT_THAT(ranges_leased(again), ElementsAre(part_of(0, {2, 2}), part_of(0, {0, 2})));
}

TEST(Bisect, LateResultsOfTheWholeOrOfACutPartAreDropped) {
  PartRig rig(bisecting(0));
  rig.cut(1, 4);
  rig.done(worker(0), 0, 1);
  rig.part(0, {0, 2}, AttemptStatus::kRunException);
  rig.part(0, {2, 2}, AttemptStatus::kRunDone);
  rig.commit();
  rig.part(0, {0, 2}, AttemptStatus::kRunDone);
  rig.part(0, {2, 2}, AttemptStatus::kRunDone);
  rig.part(0, {1, 3}, AttemptStatus::kRunDone);
  rig.settle();
  EXPECT_THAT(rig.committed(), SizeIs(3));
}

// ---- a new leader

TEST(Bisect, ANewLeaderFindsThePartsAndWaitsForWhoMayHoldThem) {
  PartRig first(bisecting(0));
  first.plan(2);
  first.staff(1);
  first.report(worker(0), 0, 1, of_items(AttemptStatus::kRunException, 4));
  first.settle();
  first.done(worker(0), 1);
  first.part(0, {0, 2}, AttemptStatus::kRunDone);
  first.settle();
  ASSERT_THAT(first.committed(), SizeIs(3));

  PartRig second(bisecting(0), 2);
  second.recover(first);
  EXPECT_EQ(second.tally().succeeded, 1u);
  EXPECT_EQ(second.tally().items_succeeded, 7u);
  second.plan(2);
  // Its result counts, though the lease is of the former leader.
  const AdoptedWorker adopted{worker(0), true, {part_of(0, {2, 2})}, Epoch{1}};
  second.send(NodeJoined{NodeId{0}, {adopted}});
  second.send(AttemptFinished{
      worker(0), {MiniBatchId{0}, Epoch{1}, 1, {2, 2}}, of_items(AttemptStatus::kRunException, 2)});
  EXPECT_THAT(ranges_leased(second.commit()), ElementsAre(part_of(0, {2, 1}), part_of(0, {3, 1})));
  second.part(0, {2, 1}, AttemptStatus::kRunDone);
  second.part(0, {3, 1}, AttemptStatus::kRunException);
  second.commit();
  EXPECT_EQ(second.tally().failed, 1u);
  EXPECT_EQ(second.tally().items_failed, 1u);

  PartRig third(bisecting(0), 3);  // nobody holds anything
  third.recover(first);
  third.plan(2);
  third.join(1);
  third.send(AllNodesBack{});
  EXPECT_THAT(ranges_leased(third.ready(0, 1)), IsEmpty());
  EXPECT_THAT(ranges_leased(third.pass(250ms)), ElementsAre(part_of(0, {2, 2})));
}

TEST(Bisect, AForgottenMiniBatchStartsOverAsAWhole) {
  PartRig first(bisecting(0));
  first.cut(1, 2);
  first.part(0, {0, 1}, AttemptStatus::kRunDone);
  first.part(0, {1, 1}, AttemptStatus::kRunException);
  first.commit();
  EXPECT_EQ(first.tally().failed, 1u);

  PartRig second(bisecting(0), 2);
  for (AttemptRecord each : first.committed()) {
    each.forgotten = true;
    each.final = each.rows_count = false;
    second.scheduler().recover(each);
  }
  second.scheduler().recovered(first.high_water(), second.now());
  EXPECT_EQ(second.tally().failed + second.tally().items_total + second.tally().rows, 0u);
  second.plan(1);
  second.join(1);
  second.send(AllNodesBack{});
  second.ready(0, 1);
  EXPECT_THAT(ranges_leased(second.pass(1s)), ElementsAre(whole(0, 2)));
  second.report(worker(0, 1), 0, 2, of_items(AttemptStatus::kRunException, 2));
  EXPECT_THAT(ranges_leased(second.commit()), ElementsAre(part_of(0, {0, 1}), part_of(0, {1, 1})));
}

// ---- whatever the bad items are

class BadItems {
 public:
  BadItems(std::uint64_t seed, std::uint32_t mini_batches) : random_(seed) {
    for (std::uint32_t i = 0; i < mini_batches; ++i) {
      items_.push_back(1 + random_() % 20);
      std::set<std::uint32_t>& bad = bad_.emplace_back();
      for (std::uint64_t n = random_() % 4; n > 0; --n) bad.insert(random_() % items_.back());
    }
  }
  std::uint32_t items(MiniBatchId id) const { return items_[id.value]; }
  const std::set<std::uint32_t>& bad(MiniBatchId id) const { return bad_[id.value]; }
  Outcome run(MiniBatchId id, ItemRange part) const {
    if (part.is_whole()) part = {0, items(id)};
    const auto first_bad = bad(id).lower_bound(part.first);
    const bool fails = first_bad != bad(id).end() && *first_bad < part.first + part.count;
    return of_items(fails ? AttemptStatus::kRunException : AttemptStatus::kRunDone, part.count);
  }
  std::mt19937_64& random() { return random_; }

 private:
  std::mt19937_64 random_;
  std::vector<std::uint32_t> items_;
  std::vector<std::set<std::uint32_t>> bad_;
};

TEST(Bisect, FindsExactlyTheBadItemsOverAnyNumberOfLeaders) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    constexpr std::uint32_t kMiniBatches = 12;
    const std::uint32_t retries = seed % 3;
    BadItems script(seed, kMiniBatches);
    std::vector<AttemptRecord> ledger;
    MiniBatchId high_water;
    Tally last;
    for (std::uint32_t life = 1; last.succeeded + last.failed < kMiniBatches; ++life) {
      ASSERT_LT(life, 1000u);
      Rig rig(bisecting(retries, 2), life);
      for (const AttemptRecord& each : ledger) rig.scheduler().recover(each);
      rig.scheduler().recovered(high_water, rig.now());
      rig.plan(kMiniBatches);
      rig.staff(2, life);
      rig.send(AllNodesBack{});
      rig.pass(1s);
      std::size_t seen = 0;
      for (std::uint64_t left = script.random()() % 60; left > 0 && !rig.finished(); --left) {
        if (seen == rig.all().size()) rig.settle();
        if (seen == rig.all().size()) rig.pass(1s);
        if (seen == rig.all().size()) break;
        const Effect effect = rig.all()[seen++];
        const auto* lease = std::get_if<Lease>(&effect);
        if (lease == nullptr) continue;
        for (const LeaseRange& range : lease->ranges) {
          for (std::uint32_t i = 0; i < range.count; ++i) {
            const AttemptId id{MiniBatchId{range.first.value + i}, Epoch{life}, range.attempt,
                               range.part};
            rig.send(AttemptFinished{lease->worker, id, script.run(id.mini_batch, id.part)});
          }
        }
      }
      if (script.random()() % 2 == 0) rig.commit();
      ledger.insert(ledger.end(), rig.committed().begin(), rig.committed().end());
      high_water = std::max(high_water, rig.high_water());
      last = rig.tally();
    }
    std::map<MiniBatchId, std::set<std::uint32_t>> covered, failed;
    std::map<std::pair<MiniBatchId, ItemRange>, std::uint32_t> tries;
    for (const AttemptRecord& each : ledger) {
      const MiniBatchId id = each.id.mini_batch;
      const std::uint32_t count = ++tries[{id, each.id.part}];
      EXPECT_LE(count, each.id.part.count > 1 ? 1 : retries + 1);
      if (!each.final) continue;
      ItemRange part = each.id.part;
      if (part.is_whole()) part = {0, script.items(id)};
      for (std::uint32_t i = part.first; i < part.first + part.count; ++i) {
        EXPECT_TRUE(covered[id].insert(i).second) << "item counted twice";
        if (each.outcome.status != AttemptStatus::kRunDone) failed[id].insert(i);
      }
    }
    std::uint64_t bad_mini_batches = 0, bad_items = 0, items = 0;
    for (std::uint32_t i = 0; i < kMiniBatches; ++i) {
      const MiniBatchId id{i};
      EXPECT_THAT(covered[id], SizeIs(script.items(id)));
      EXPECT_EQ(failed[id], script.bad(id));
      bad_mini_batches += script.bad(id).empty() ? 0 : 1;
      bad_items += script.bad(id).size();
      items += script.items(id);
    }
    EXPECT_EQ(last.failed, bad_mini_batches);
    EXPECT_EQ(last.items_failed, bad_items);
    EXPECT_EQ(last.items_total, items);
    EXPECT_EQ(last.rows, items - bad_items);
  }
}

}  // namespace
}  // namespace batchmill::parallel
