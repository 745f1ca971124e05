#include "parallel/part_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::parallel {
namespace {

using ::testing::ElementsAre;

TEST(PartTable, TheFirstHalfGetsTheExtraItem) {
  struct Case {
    ItemRange range, first, second;
  };
  for (const Case& each :
       {Case{{0, 2}, {0, 1}, {1, 1}}, Case{{0, 7}, {0, 4}, {4, 3}}, Case{{4, 3}, {4, 2}, {6, 1}},
        Case{{0, 4294967295}, {0, 2147483648}, {2147483648, 2147483647}}}) {
    EXPECT_THAT(halves_of(each.range), ElementsAre(each.first, each.second));
  }
}

TEST(PartTable, AMiniBatchEndsWithItsLastPart) {
  struct Case {
    bool first, second, third, all;
  };
  for (const Case& each : {Case{true, true, true, true}, Case{false, true, true, false},
                           Case{true, true, false, false}}) {
    PartTable parts;
    const MiniBatchId id{7};
    parts.cut(id, {0, 5}, Phase::kPending);
    EXPECT_EQ(parts.count(Phase::kPending), 2u);
    EXPECT_EQ(parts.finish(id, {3, 2}, each.first), std::nullopt);
    parts.cut(id, {0, 3}, Phase::kPending);
    EXPECT_EQ(parts.finish(id, {0, 2}, each.second), std::nullopt);
    EXPECT_EQ(parts.finish(id, {2, 1}, each.third), each.all);
    EXPECT_TRUE(parts.empty());
    EXPECT_EQ(parts.count(Phase::kPending), 0u);
  }
}

TEST(PartTable, WhatIsNoPartAnyMoreIsNotFound) {
  PartTable parts;
  const MiniBatchId id{7};
  parts.cut(id, {0, 4}, Phase::kPending);
  parts.cut(id, {0, 2}, Phase::kPending);
  EXPECT_NE(parts.find(id, {0, 1}), nullptr);
  EXPECT_EQ(parts.find(id, {0, 2}), nullptr);  // cut itself
  EXPECT_EQ(parts.find(id, {2, 1}), nullptr);  // never was
  EXPECT_EQ(parts.find(MiniBatchId{8}, {0, 1}), nullptr);
  parts.set(id, {0, 2}, Phase::kLeased);
  EXPECT_EQ(parts.count(Phase::kLeased), 0u);
  EXPECT_TRUE(parts.counts_are_right());
}

}  // namespace
}  // namespace batchmill::parallel
