#include "data/plan_order.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/plan_rig.h"

namespace batchmill::data {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PlanOrderTest : public PlanRig {
 protected:
  PlanOrderTest() { request_.wants_order = true; }
  std::vector<std::uint64_t> order() {
    std::vector<std::uint64_t> ids;
    const auto result = run(request_);
    EXPECT_TRUE(result) << result.error().message;
    if (!result) return ids;
    request_.earlier = result->total.mark;
    if (!result->order) return {999};
    for (const MiniBatchId id : *result->order) ids.push_back(id.value);
    return ids;
  }
  PlanRequest request_ = of_input();
};

TEST_F(PlanOrderTest, FilesByTheSumOfTheirSizes) {
  const std::size_t sizes[] = {1, 1, 5, 5, 0, 2, 7};
  for (std::size_t i = 0; i < std::size(sizes); ++i) {
    files_.put("/in/" + std::to_string(i), std::string(sizes[i], 'x'));
  }
  request_.mini_batch_size = 2;  // 2, 10, 2, 7
  EXPECT_THAT(order(), ElementsAre(1, 3, 0, 2));
  EXPECT_THAT(order(), ElementsAre(1, 3, 0, 2)) << "a later life, from the complete plan";
  ASSERT_TRUE(files_.remove("/in/2"));
  ASSERT_TRUE(files_.remove("/in/3"));
  EXPECT_THAT(order(), ElementsAre(3, 0, 2, 1)) << "what has vanished counts as empty";
}

TEST_F(PlanOrderTest, SlicesAndRowsByTheirLength) {
  files_.put("/in/a", "h\n1\n333\n22\n333\n");
  request_.table = TableFormat{};
  EXPECT_THAT(order(), ElementsAre(1, 3, 2, 0));
  request_.table.reset();
  request_.earlier = {};
  request_.rows_per_mini_batch = 2;  // "h\n1\n", "333\n22\n", "333\n"
  EXPECT_THAT(order(), ElementsAre(1, 0, 2));
}

TEST_F(PlanOrderTest, RanksStayAsTheyAre) {
  request_.rank_count = 3;
  EXPECT_THAT(order(), ElementsAre(0, 1, 2));
}

TEST_F(PlanOrderTest, AnEmptyPlanHasAnEmptyOrder) {
  request_.allow_empty = true;
  EXPECT_THAT(order(), IsEmpty());
  EXPECT_THAT(order(), IsEmpty());
}

TEST_F(PlanOrderTest, OnlyWhereItIsWanted) {
  request_.rank_count = 3;
  request_.wants_order = false;
  EXPECT_THAT(order(), ElementsAre(999));
}

}  // namespace
}  // namespace batchmill::data
