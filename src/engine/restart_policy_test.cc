#include "engine/restart_policy.h"

#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

TEST(RestartPolicy, ThreeFruitlessLivesInARowEndIt) {
  RestartPolicy policy;
  EXPECT_TRUE(policy.after_life(false).restart);
  EXPECT_TRUE(policy.after_life(false).restart);
  EXPECT_FALSE(policy.after_life(false).restart);
}

TEST(RestartPolicy, AUsefulLifeResetsTheCountAndTheDelay) {
  RestartPolicy policy;
  EXPECT_EQ(policy.after_life(false).delay, std::chrono::milliseconds(400));
  EXPECT_EQ(policy.after_life(true).delay, std::chrono::milliseconds(100));
  EXPECT_EQ(policy.fruitless(), 0u);
  for (int life = 0; life < 100; ++life) EXPECT_TRUE(policy.after_life(true).restart);
}

TEST(RestartPolicy, AHeldJobIsLeftAloneUnlessSomeoneAskedToResume) {
  EXPECT_FALSE(RestartPolicy::after_finding_it_held(false).restart);
  EXPECT_TRUE(RestartPolicy::after_finding_it_held(true).restart);
}

}  // namespace
}  // namespace batchmill::engine
