#include "agent/core_queue.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/manual_loop.h"

namespace batchmill::agent {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FakeSlots : public CoreSlots {
 public:
  std::unique_ptr<CoreSlot> try_acquire() override {
    if (free == 0) return nullptr;
    --free;
    return std::make_unique<CoreSlot>();
  }
  std::uint32_t usable_cores() const override { return 2; }
  int free = 0;
};

class CoreQueueTest : public ::testing::Test {
 protected:
  void request(std::uint64_t id) {
    queue_.request(id, [this, id](std::unique_ptr<CoreSlot> slot) {
      EXPECT_NE(slot, nullptr);
      granted_.push_back(id);
    });
  }
  fakes::ManualLoop loop_;
  FakeSlots slots_;
  CoreQueue queue_{loop_, slots_};
  std::vector<std::uint64_t> granted_;
};

TEST_F(CoreQueueTest, GrantsInOrderButNeverFromRequest) {
  slots_.free = 2;
  for (const std::uint64_t id : {1, 2, 3}) request(id);
  EXPECT_THAT(granted_, IsEmpty());
  loop_.settle();
  EXPECT_THAT(granted_, ElementsAre(1, 2));
}

TEST_F(CoreQueueTest, AsksAgainFiveTimesASecond) {
  request(1);
  loop_.settle();
  slots_.free = 1;  // another job gave one back
  loop_.advance(milliseconds(199));
  EXPECT_THAT(granted_, IsEmpty());
  loop_.advance(milliseconds(1));
  EXPECT_THAT(granted_, ElementsAre(1));
}

TEST_F(CoreQueueTest, LooksAtOnceWhenOneOfOursIsFree) {
  request(1);
  loop_.settle();
  slots_.free = 1;
  queue_.look_again();
  loop_.settle();
  EXPECT_THAT(granted_, ElementsAre(1));
}

TEST_F(CoreQueueTest, AWithdrawnRequestIsSkipped) {
  slots_.free = 1;
  request(1);
  request(2);
  queue_.withdraw(1);
  loop_.settle();
  EXPECT_THAT(granted_, ElementsAre(2));
}

}  // namespace
}  // namespace batchmill::agent
