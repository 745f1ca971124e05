#include "runlog/failed_items.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/memory_files.h"
#include "runlog/sample_failures.h"

namespace batchmill::runlog {
namespace {

constexpr const char* kPath = "/l/failed_items.csv";
const std::string kHead =
    "Mini-batch Id,Item,Item Name,Node,Process,Status,Error Category,Error Message\n";
const std::string kError = "ValueError,\"score.py:31 in run: ValueError: a, b\"\n";

void name_item(MiniBatchId id, std::optional<std::uint32_t> position, std::string& name) {
  name += "day-" + std::to_string(id.value) + ".csv";
  if (position) name += ":" + std::to_string(*position);
}

std::string csv(const std::vector<AttemptRecord>& attempts, std::uint64_t most_rows = 100) {
  fakes::MemoryFiles files;
  files.put(kPath, "of an earlier end");
  FailedItems items(files, kPath, name_item, most_rows);
  for (const AttemptRecord& attempt : attempts) EXPECT_TRUE(items.add(attempt));
  EXPECT_TRUE(items.finish());
  return files.content(kPath).value_or("(no file)");
}

AttemptRecord failed(std::uint64_t mini_batch) {
  return failure(mini_batch, 3, true, value_error("a, b", ""));
}

TEST(FailedItems, OfABisectedMiniBatchOnlyThoseThatFailedAlone) {
  EXPECT_EQ(csv({split(failure(7, 3, false, value_error("a, b", ""))), part(success(7), 0, 3),
                 split(part(failure(7, 1, false, value_error("a, b", "")), 3, 2)),
                 part(success(7), 3, 1), part(failed(7), 4, 1)}),
            kHead + "7,4,day-7.csv:4,0,process004,RUN_EXCEPTION," + kError);
}

TEST(FailedItems, OfAnyOtherAllItems) {
  AttemptRecord two = failed(1);
  two.outcome.total = 2;
  EXPECT_EQ(csv({failure(1, 1, false, ""), two, success(2)}),
            kHead + "1,0,day-1.csv:0,0,process004,RUN_EXCEPTION," + kError +
                "1,1,day-1.csv:1,0,process004,RUN_EXCEPTION," + kError);
}

TEST(FailedItems, WhereTheNumberOfItemsIsNotKnownTheMiniBatch) {
  AttemptRecord dead = failed(1);
  dead.outcome.total = 0;
  EXPECT_EQ(csv({dead}), kHead + "1,N/A,day-1.csv,0,process004,RUN_EXCEPTION," + kError);
}

TEST(FailedItems, WhatWasForgottenOrNeverFailedLeavesNoFile) {
  AttemptRecord forgotten = failed(1);
  forgotten.final = false;
  forgotten.forgotten = true;
  EXPECT_EQ(csv({forgotten, success(1, 2), failure(2, 1, false, ""), success(2, 2)}), "(no file)");
}

TEST(FailedItems, SaysHowManyItLeavesOut) {
  const std::string text = csv({failed(1), failed(2), failed(3)}, 7);
  EXPECT_EQ(std::ranges::count(text, '\n'), 9);
  EXPECT_THAT(text, testing::HasSubstr("\n2,1,day-2.csv:1,"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("\n2,2,")));
  EXPECT_THAT(text, testing::EndsWith(
                        "\nN/A,N/A,and 8 more items that are not listed,N/A,N/A,N/A,N/A,N/A\n"));
}

}  // namespace
}  // namespace batchmill::runlog
