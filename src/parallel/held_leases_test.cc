#include "parallel/held_leases.h"

#include <gtest/gtest.h>

namespace batchmill::parallel {
namespace {

AttemptId id(std::uint64_t mini_batch, std::uint32_t epoch = 1, std::uint16_t number = 1) {
  return {MiniBatchId{mini_batch}, Epoch{epoch}, number};
}

TEST(HeldLeases, AreTakenFromAnywhere) {
  HeldLeases held;
  held.add({MiniBatchId{10}, 5, 1}, Epoch{1});
  EXPECT_TRUE(held.remove(id(12)));
  EXPECT_TRUE(held.remove(id(10)));
  EXPECT_TRUE(held.remove(id(14)));
  EXPECT_FALSE(held.remove(id(12)));
  EXPECT_EQ(held.size(), 2u);
  EXPECT_EQ(held.oldest(), id(11));
  EXPECT_TRUE(held.remove(id(11)));
  EXPECT_EQ(held.oldest(), id(13));
  EXPECT_TRUE(held.remove(id(13)));
  EXPECT_TRUE(held.empty());
  EXPECT_TRUE(held.ranges().empty());
}

TEST(HeldLeases, EpochAndNumberBelongToTheIdentity) {
  HeldLeases held;
  held.add({MiniBatchId{1}, 1, 2}, Epoch{3});
  EXPECT_TRUE(held.has_retry());
  EXPECT_FALSE(held.remove(id(1, 3, 1)));
  EXPECT_FALSE(held.remove(id(1, 2, 2)));
  EXPECT_TRUE(held.remove(id(1, 3, 2)));
  EXPECT_FALSE(held.has_retry());
}

}  // namespace
}  // namespace batchmill::parallel
