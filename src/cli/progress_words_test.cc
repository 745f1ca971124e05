#include "cli/progress_words.h"

namespace batchmill::cli {
namespace {

TEST(ProgressWords, LargeNumbersAreCompact) {
  for (const auto& [number, text] :
       std::vector<std::pair<std::uint64_t, std::string>>{{0, "0"},
                                                          {99'999, "99999"},
                                                          {100'000, "100k"},
                                                          {112'345, "112k"},
                                                          {999'499, "999k"},
                                                          {999'500, "1.00M"},
                                                          {1'020'000, "1.02M"},
                                                          {11'200'000, "11.2M"},
                                                          {112'000'000, "112M"},
                                                          {3'400'000'000, "3.40G"}}) {
    EXPECT_EQ(compact(number), text) << number;
    EXPECT_LE(compact(number).size(), 5U);
  }
}

TEST(ProgressWords, CountsSayWhetherTheTotalIsKnown) {
  EXPECT_EQ(batches_text({240, 2, 400, true}), "240/400");
  EXPECT_EQ(batches_text({240, 2, 400, false}), "240/400+");
  EXPECT_EQ(items_text({1195, 5, 2000, true}), "1195/2000");
  EXPECT_EQ(items_text({1195, 5, 2000, false}), "1195/~2000");
  EXPECT_EQ(batches_text({0, 0, 0, false}), "0");
  EXPECT_EQ(percent_text({240, 2, 400, true}), "60%");
  EXPECT_EQ(percent_text({399, 0, 400, true}), "99%");
  EXPECT_EQ(percent_text({240, 2, 400, false}), "");
  EXPECT_EQ(percent_text({0, 0, 0, true}), "");
}

TEST(ProgressWords, Rates) {
  for (const auto& [rate, text] : std::vector<std::pair<double, std::string>>{{0, "-"},
                                                                              {0.034, "0.03"},
                                                                              {2.44, "2.4"},
                                                                              {99.9, "99.9"},
                                                                              {1234, "1234"},
                                                                              {250'000, "250k"}}) {
    EXPECT_EQ(rate_text(rate), text);
  }
}

struct LeftCase {
  double low, high;
  const char* text;
};

class LeftTest : public testing::TestWithParam<LeftCase> {};

TEST_P(LeftTest, IsRoundedAndARangeUnlessNarrow) {
  StepProgress step;
  step.mini_batches = {100, 0, 400, true};
  step.ready = 8;
  step.left_s = SecondsRange{GetParam().low, GetParam().high};
  EXPECT_EQ(left_text(step), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(Table, LeftTest,
                         testing::Values(LeftCase{55, 80, "55-80 s"}, LeftCase{60, 62, "~1 min"},
                                         LeftCase{50, 55, "~55 s"}, LeftCase{3.2, 7.6, "3-8 s"},
                                         LeftCase{0.2, 0.9, "~1 s"}, LeftCase{130, 300, "2-5 min"},
                                         LeftCase{3500, 3700, "~1.0 h"},
                                         LeftCase{5000, 8000, "1.3-2.2 h"},
                                         LeftCase{40'000, 80'000, "11-22 h"},
                                         LeftCase{10, 51, "-"}));

TEST(ProgressWords, WithoutAnEstimateThereIsNone) {
  StepProgress step;
  step.mini_batches = {100, 0, 400, true};
  EXPECT_EQ(left_text(step), "-");
}

TEST(ProgressWords, TheLastMiniBatchesAreCounted) {
  StepProgress step;
  step.mini_batches = {397, 0, 400, true};
  step.ready = 8;
  step.left_s = SecondsRange{5, 6};
  EXPECT_EQ(left_text(step), "last 3");
}

struct PhaseCase {
  const char* phase;
  double since;
  const char* text;
};

class PhaseTest : public testing::TestWithParam<PhaseCase> {};

TEST_P(PhaseTest, SaysWhatAStepWaitsFor) {
  StepProgress step;
  step.phase = GetParam().phase;
  step.phase_since_s = GetParam().since;
  step.merged_fraction = 0.645;
  EXPECT_EQ(phase_text(step, std::chrono::seconds(2)), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(Table, PhaseTest,
                         testing::Values(PhaseCase{"waiting for cores", 5, "waiting for cores"},
                                         PhaseCase{"starting workers", 10, "workers in init 12 s"},
                                         PhaseCase{"merging", 1, "merging 64%"},
                                         PhaseCase{"command", 10.5, "command 12 s"},
                                         PhaseCase{"stalled", 40, "stalled 42 s"},
                                         PhaseCase{"command", 70, "command 1 min 12 s"},
                                         PhaseCase{"running", 9, ""}));

TEST(ProgressWords, ListingCountsWhatItFound) {
  StepProgress step;
  step.phase = "listing";
  EXPECT_EQ(phase_text(step, {}), "listing");
  step.items.total = 41'200;
  step.mini_batches.total = 4'120;
  EXPECT_EQ(phase_text(step, {}), "listing: 41200 items, 4120 batches so far");
}

}  // namespace
}  // namespace batchmill::cli
