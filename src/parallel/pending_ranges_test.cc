#include "parallel/pending_ranges.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace batchmill::parallel {
namespace {

TEST(PendingRanges, NeighboursBecomeOneRange) {
  PendingRanges ranges;
  ranges.add(0, 10);
  ranges.add(20, 10);
  ranges.add(10, 10);
  EXPECT_EQ(ranges.ranges().size(), 1u);
  EXPECT_EQ(ranges.size(), 30u);
}

TEST(PendingRanges, TakesTheLowestAndNothingBeyondThePlan) {
  PendingRanges ranges;
  ranges.add(5, 3);
  ranges.add(10, 5);
  EXPECT_EQ(ranges.take(2, 100), (IdRange{5, 2}));
  EXPECT_EQ(ranges.take(9, 100), (IdRange{7, 1}));
  EXPECT_EQ(ranges.take(9, 12), (IdRange{10, 2}));
  EXPECT_EQ(ranges.take(9, 12), std::nullopt);
  EXPECT_FALSE(ranges.has_below(12));
  EXPECT_EQ(ranges.take(9, 15), (IdRange{12, 3}));
  EXPECT_TRUE(ranges.empty());
}

TEST(PendingRanges, BehavesAsASet) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    std::mt19937 random(seed);
    PendingRanges ranges;
    std::set<std::uint64_t> model;
    for (int i = 0; i < 500; ++i) {
      const std::uint64_t first = random() % 100;
      const std::uint64_t count = random() % 8;
      switch (random() % 3) {
        case 0:
          ranges.add(first, count);
          for (std::uint64_t id = first; id < first + count; ++id) model.insert(id);
          break;
        case 1:
          ranges.remove(first);
          model.erase(first);
          break;
        default:
          if (const auto taken = ranges.take(count, 90)) {
            ASSERT_EQ(*model.begin(), taken->first) << "seed " << seed;
            for (std::uint64_t id = 0; id < taken->count; ++id) {
              ASSERT_EQ(model.erase(taken->first + id), 1u) << "seed " << seed;
            }
          }
      }
      ASSERT_EQ(ranges.size(), model.size()) << "seed " << seed;
      ASSERT_EQ(ranges.contains(first), model.contains(first)) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace batchmill::parallel
