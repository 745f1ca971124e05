#include "engine/step_counts.h"

#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

TEST(StepCounts, ComeBackAsTheyWereKept) {
  const StepCounts kept{{50, 3, 50, true}, {100, 7, 120, true}};
  const auto read = counts_from_json(counts_to_json(kept));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->mini_batches.done, 50u);
  EXPECT_EQ(read->mini_batches.failed, 3u);
  EXPECT_EQ(read->items.total, 120u);
  EXPECT_TRUE(read->items.total_known);
}

TEST(StepCounts, DamagedOnesAreAnError) {
  for (const char* text : {"", "[]", "{}", R"({"mini_batches": [1, 2], "items": [1, 2, 3]})",
                           R"({"mini_batches": [1, 2, "3"], "items": [1, 2, 3]})"}) {
    EXPECT_FALSE(counts_from_json(text)) << text;
  }
}

}  // namespace
}  // namespace batchmill::engine
