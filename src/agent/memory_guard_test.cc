#include "agent/memory_guard.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/held_work.h"
#include "fakes/manual_loop.h"

namespace batchmill::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class SetMemory : public ProcessMemory {
 public:
  std::uint64_t of_tree(int pid, std::uint64_t limit) override {
    exact_above[pid] = limit;
    return held[pid];
  }
  std::map<int, std::uint64_t> held;
  std::map<int, std::uint64_t> exact_above;
};

class MemoryGuardTest : public testing::Test {
 protected:
  void watch(int pid, std::uint64_t limit) {
    guard_->watch(pid, limit, [this, pid](std::uint64_t bytes) { over_.emplace_back(pid, bytes); });
  }
  // One period later, with the look that is due by then.
  void look() {
    loop_.advance(MemoryGuard::kPeriod);
    ASSERT_EQ(work_.waiting(), 1u);
    work_.do_one();
    loop_.settle();
  }

  fakes::ManualLoop loop_;
  fakes::HeldWork work_;
  SetMemory memory_;
  std::unique_ptr<MemoryGuard> guard_ = std::make_unique<MemoryGuard>(loop_, work_, memory_);
  std::vector<std::pair<int, std::uint64_t>> over_;
};

TEST_F(MemoryGuardTest, TellsOnceOfAProcessAboveItsLimit) {
  watch(1, 100);
  watch(2, 200);
  memory_.held = {{1, 100}, {2, 150}};
  look();
  EXPECT_THAT(over_, IsEmpty()) << "at the limit is not above it";
  memory_.held[1] = 101;
  look();
  look();
  EXPECT_THAT(over_, ElementsAre(Pair(1, 101)));
  memory_.held[2] = 300;
  look();
  EXPECT_THAT(over_, ElementsAre(Pair(1, 101), Pair(2, 300)));
}

TEST_F(MemoryGuardTest, NeedsExactFiguresOnlyAboveTheLimit) {
  watch(1, 100);
  look();
  EXPECT_EQ(memory_.exact_above[1], 100u);
}

TEST_F(MemoryGuardTest, LooksOnlyWhileThereIsAProcessToLookAt) {
  loop_.advance(10 * MemoryGuard::kPeriod);
  EXPECT_EQ(work_.waiting(), 0u);
  watch(1, 100);
  look();
  guard_->forget(1);
  look();  // the timer ran already
  loop_.advance(10 * MemoryGuard::kPeriod);
  EXPECT_EQ(work_.waiting(), 0u);
  watch(2, 100);
  look();
}

TEST_F(MemoryGuardTest, ASlowLookIsNotDoubled) {
  watch(1, 100);
  loop_.advance(10 * MemoryGuard::kPeriod);
  EXPECT_EQ(work_.waiting(), 1u);
}

TEST_F(MemoryGuardTest, AProcessThatEndsDuringALookIsLeftAlone) {
  watch(1, 100);
  memory_.held[1] = 300;
  loop_.advance(MemoryGuard::kPeriod);
  guard_->forget(1);
  work_.do_one();
  loop_.settle();
  EXPECT_THAT(over_, IsEmpty());
}

TEST_F(MemoryGuardTest, ALookMayOutliveTheGuard) {
  watch(1, 100);
  memory_.held[1] = 300;
  loop_.advance(MemoryGuard::kPeriod);
  guard_.reset();
  work_.do_one();
  loop_.settle();
  EXPECT_THAT(over_, IsEmpty());
}

}  // namespace
}  // namespace batchmill::agent
