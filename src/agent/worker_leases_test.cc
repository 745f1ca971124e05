#include "agent/worker_leases.h"

#include <memory>
#include <random>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::agent {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

HeldRange range(std::uint64_t first, std::uint32_t count) {
  return {MiniBatchId{first}, count, 1, Epoch{1}};
}

// A board in plain memory, and the moves of a worker on it.
class BoardAndWorker {
 public:
  BoardAndWorker() : memory_(board::kBoardBytes / sizeof(std::uint64_t)) { view().format(); }
  board::AgentView view() { return board::AgentView(std::as_writable_bytes(std::span(memory_))); }
  board::Header& header() { return *reinterpret_cast<board::Header*>(memory_.data()); }

  void receive(const std::vector<HeldRange>& ranges) {
    for (const HeldRange& r : ranges) {
      for (std::uint32_t i = 0; i < r.count; ++i) queue_.push_back(r.first.value + i);
      last_ += r.count;
    }
  }
  // What the worker does next: the ticket that it starts, or 0 when it drops its queue or has none.
  std::uint64_t step() {
    if (queue_.empty()) return 0;
    if (ticket_ + 1 > header().ticket_limit) {
      queue_.clear();
      header().refused = ticket_ = last_;
      return 0;
    }
    queue_.erase(queue_.begin());
    return header().started = ++ticket_;
  }

 private:
  std::vector<std::uint64_t> memory_;
  std::vector<std::uint64_t> queue_;
  std::uint64_t last_ = 0;
  std::uint64_t ticket_ = 0;
};

class WorkerLeasesTest : public testing::Test {
 protected:
  WorkerLeasesTest() { leases_.attach(worker_.view()); }
  void send() { worker_.receive(leases_.next_to_send()); }

  BoardAndWorker worker_;
  WorkerLeases leases_;
  TimePoint now_{};
};

TEST_F(WorkerLeasesTest, WaitUntilThereIsAWorker) {
  WorkerLeases leases;
  leases.add(range(0, 3));
  EXPECT_THAT(leases.next_to_send(), IsEmpty());
  EXPECT_EQ(leases.total(), 3u);
  EXPECT_THAT(leases.revoke(1, now_), ElementsAre(range(1, 2)));
  EXPECT_FALSE(leases.is_settling());
}

TEST_F(WorkerLeasesTest, PartsComeBackAsTheyAre) {
  const HeldRange part{MiniBatchId{4}, 1, 2, Epoch{1}, {8, 8}};
  leases_.add(range(0, 3));
  leases_.add(part);
  EXPECT_TRUE(leases_.holds(MiniBatchId{4}, {8, 8}));
  EXPECT_FALSE(leases_.holds(MiniBatchId{4}, {0, 8}));
  EXPECT_THAT(leases_.revoke(2, now_), ElementsAre(range(2, 1), part));
  EXPECT_FALSE(leases_.holds(MiniBatchId{4}, {8, 8}));
}

TEST_F(WorkerLeasesTest, WhatWasStartedAndHasNoResultIsKnownInOrder) {
  leases_.add(range(0, 5));
  send();
  for (int i = 0; i < 4; ++i) worker_.step();
  EXPECT_TRUE(leases_.finish(3));
  EXPECT_THAT(leases_.started(), ElementsAre(1, 2, 4));
  worker_.header().started = 99;  // a board that says nonsense
  EXPECT_THAT(leases_.started(), ElementsAre(1, 2, 4, 5));
}

TEST_F(WorkerLeasesTest, SendingRaisesTheLimit) {
  leases_.add(range(0, 3));
  leases_.add(range(9, 1));
  EXPECT_THAT(leases_.next_to_send(), ElementsAre(range(0, 3), range(9, 1)));
  EXPECT_EQ(worker_.header().ticket_limit, 4u);
  EXPECT_EQ(leases_.held(), 4u);
}

TEST_F(WorkerLeasesTest, TakingBackLowersTheLimitAndLooksAgainLater) {
  leases_.add(range(0, 5));
  send();
  EXPECT_THAT(leases_.revoke(2, now_), IsEmpty());
  EXPECT_EQ(worker_.header().ticket_limit, 2u);
  EXPECT_THAT(leases_.settle(now_ + milliseconds(1)), IsEmpty());
  EXPECT_THAT(leases_.settle(now_ + milliseconds(2)), ElementsAre(range(2, 3)));
}

TEST_F(WorkerLeasesTest, WhatStartsInTheLastMomentStays) {
  leases_.add(range(0, 5));
  send();
  leases_.revoke(0, now_);
  // The worker had looked at the limit before it fell.
  worker_.header().started = 1;
  EXPECT_THAT(leases_.settle(now_ + milliseconds(2)), ElementsAre(range(1, 4)));
  EXPECT_TRUE(leases_.finish(1));
}

TEST_F(WorkerLeasesTest, NewLeasesWaitUntilTheOldOnesAreDropped) {
  leases_.add(range(0, 3));
  send();
  worker_.step();
  leases_.revoke(1, now_);
  leases_.settle(now_ + milliseconds(2));
  leases_.add(range(7, 2));
  EXPECT_THAT(leases_.next_to_send(), IsEmpty());
  EXPECT_TRUE(leases_.is_blocked());
  EXPECT_EQ(leases_.total(), 3u);
  EXPECT_EQ(worker_.step(), 0u);  // drops tickets 2 and 3
  EXPECT_FALSE(leases_.is_blocked());
  EXPECT_THAT(leases_.next_to_send(), ElementsAre(range(7, 2)));
  EXPECT_EQ(leases_.find(4)->mini_batch, MiniBatchId{7});
}

TEST_F(WorkerLeasesTest, TheNewestComeBackFirst) {
  leases_.add(range(0, 4));
  send();
  leases_.revoke(4, now_);  // nothing to take
  EXPECT_FALSE(leases_.is_settling());
  leases_.revoke(3, now_);
  leases_.add(range(10, 4));  // waits: the worker has not dropped ticket 4 yet
  EXPECT_THAT(leases_.revoke(5, now_), ElementsAre(range(11, 3)));
  EXPECT_EQ(worker_.header().ticket_limit, 3u);
}

// Whatever happens in which order: no lease is lost, and none both runs and comes back.
TEST_F(WorkerLeasesTest, EveryLeaseEndsOnce) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    BoardAndWorker worker;
    WorkerLeases leases;
    leases.attach(worker.view());
    TimePoint now{};
    std::uint64_t given = 0;
    std::set<std::uint64_t> ran;
    std::set<std::uint64_t> back;
    const auto take = [&back](const std::vector<HeldRange>& ranges) {
      for (const HeldRange& r : ranges) {
        for (std::uint32_t i = 0; i < r.count; ++i) {
          EXPECT_TRUE(back.insert(r.first.value + i).second) << r.first.value + i;
        }
      }
    };
    const auto run = [&] {
      const std::uint64_t ticket = worker.step();
      if (ticket == 0) return;
      const auto lease = leases.finish(ticket);
      ASSERT_TRUE(lease) << "ticket " << ticket;
      EXPECT_TRUE(ran.insert(lease->mini_batch.value).second);
    };
    for (int step = 0; step < 120; ++step) {
      now += milliseconds(random() % 3);
      switch (random() % 6) {
        case 0: {
          const auto count = static_cast<std::uint32_t>(1 + random() % 6);
          leases.add(range(given, count));
          given += count;
          break;
        }
        case 1:
          take(leases.revoke(static_cast<std::uint32_t>(random() % 6), now));
          break;
        case 2:
          take(leases.settle(now));
          break;
        case 3:
          worker.receive(leases.next_to_send());
          break;
        default:
          run();
      }
      ASSERT_EQ(ran.size() + back.size() + leases.total(), given);
    }
    take(leases.give_back_all());
    EXPECT_EQ(ran.size() + back.size(), given);
    for (const std::uint64_t id : ran) EXPECT_FALSE(back.contains(id)) << id;
  }
}

}  // namespace
}  // namespace batchmill::agent
