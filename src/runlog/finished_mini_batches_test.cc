#include "runlog/finished_mini_batches.h"

#include <random>

#include <gtest/gtest.h>

#include "runlog/sample_failures.h"

namespace batchmill::runlog {
namespace {

using Answers = std::vector<std::optional<bool>>;

Answers answers(const std::vector<AttemptRecord>& attempts) {
  FinishedMiniBatches finished;
  Answers all;
  for (const AttemptRecord& attempt : attempts) all.push_back(finished.add(attempt));
  return all;
}

TEST(FinishedMiniBatches, AWholeOneIsFinishedByItsFinalAttempt) {
  EXPECT_EQ(answers({failure(0, 1, false, ""), failure(1, 1, true, ""), success(0, 2)}),
            (Answers{std::nullopt, false, true}));
}

TEST(FinishedMiniBatches, ABisectedOneIsFinishedByItsLastPart) {
  EXPECT_EQ(answers({split(failure(3, 3, false, "")), part(success(3), 0, 3),
                     split(part(failure(3, 1, false, ""), 3, 2)), success(4),
                     part(failure(3, 1, true, ""), 4, 1), part(success(3), 3, 1)}),
            (Answers{std::nullopt, std::nullopt, std::nullopt, true, std::nullopt, false}));
  EXPECT_EQ(
      answers({split(failure(3, 3, false, "")), part(success(3), 3, 2), part(success(3), 0, 3)}),
      (Answers{std::nullopt, std::nullopt, true}));
}

TEST(FinishedMiniBatches, WhatWasForgottenFinishesNothing) {
  AttemptRecord old_split = failure(3, 1, false, "");
  old_split.forgotten = true;  // the ledger takes the mark of the split with it
  AttemptRecord old_part = part(success(3), 0, 1);
  old_part.forgotten = true;
  old_part.final = false;
  EXPECT_EQ(answers({old_split, old_part, success(3)}),
            (Answers{std::nullopt, std::nullopt, true}));
}

// However a mini-batch is cut and in whatever order its parts end: it ends once, with the last.
TEST(FinishedMiniBatches, EndsOnceForRandomCuts) {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    FinishedMiniBatches finished;
    const auto items = static_cast<std::uint32_t>(2 + random() % 30);
    bool any_failed = false;
    ASSERT_EQ(finished.add(split(failure(9, 1, false, ""))), std::nullopt);
    std::vector<ItemRange> open = {{0, items / 2}, {items / 2, items - items / 2}};
    while (!open.empty()) {
      std::swap(open[random() % open.size()], open.back());
      const ItemRange range = open.back();
      open.pop_back();
      if (range.count > 1 && random() % 2 == 0) {
        ASSERT_EQ(finished.add(split(part(failure(9, 1, false, ""), range.first, range.count))),
                  std::nullopt);
        open.push_back({range.first, range.count / 2});
        open.push_back({range.first + range.count / 2, range.count - range.count / 2});
        continue;
      }
      const bool failed = random() % 4 == 0;
      any_failed |= failed;
      const auto ended = finished.add(
          part(failed ? failure(9, 1, true, "") : success(9), range.first, range.count));
      ASSERT_EQ(ended, open.empty() ? std::optional(!any_failed) : std::nullopt);
    }
  }
}

}  // namespace
}  // namespace batchmill::runlog
