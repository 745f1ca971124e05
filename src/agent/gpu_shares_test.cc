#include "agent/gpu_shares.h"

#include <gtest/gtest.h>

namespace batchmill::agent {
namespace {

std::unique_ptr<GpuShares::Held> take(GpuShares& shares, std::vector<std::uint32_t> offered) {
  return shares.take_lowest(offered);
}

TEST(Spec4_6GpuShares, GiveTheLowestThatIsFree) {
  GpuShares shares;
  const auto first = take(shares, {3, 1, 2});
  const auto second = take(shares, {3, 1, 2});
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->index(), 1u);
  EXPECT_EQ(second->index(), 2u);
}

TEST(Spec4_6GpuShares, GiveNothingThatIsNotOffered) {
  GpuShares shares;
  const auto only = take(shares, {0});
  EXPECT_EQ(take(shares, {0}), nullptr);
  EXPECT_EQ(take(shares, {}), nullptr);
}

TEST(Spec4_6GpuShares, GiveAgainWhatIsNoLongerHeld) {
  GpuShares shares;
  auto first = take(shares, {0, 1});
  const auto second = take(shares, {0, 1});
  first.reset();
  const auto third = take(shares, {0, 1});
  ASSERT_TRUE(third);
  EXPECT_EQ(third->index(), 0u);
}

TEST(Spec4_6GpuShares, MayEndBeforeWhatTheyGave) {
  auto shares = std::make_unique<GpuShares>();
  auto held = take(*shares, {5});
  shares.reset();
  EXPECT_EQ(held->index(), 5u);
}

}  // namespace
}  // namespace batchmill::agent
