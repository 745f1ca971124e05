#include "agent/durable_results.h"

#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/attempt.h"
#include "runlog/error_record.h"

namespace batchmill::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ManualSync : public SpoolSync {
 public:
  void sync(const std::string&, std::function<void(Result<void>)> done) override {
    asked.push_back(std::move(done));
  }
  void answer(const Result<void>& outcome) {
    const auto done = std::move(asked.front());
    asked.pop_front();
    done(outcome);
  }
  std::deque<std::function<void(Result<void>)>> asked;
};

class DurableResultsTest : public testing::Test {
 protected:
  void add(std::uint64_t mini_batch, std::uint64_t length) {
    protocol::AttemptResult result;
    result.set_mini_batch(mini_batch);
    result.set_length(length);
    results_->add(std::move(result));
  }
  std::vector<std::uint64_t> emitted() const {
    std::vector<std::uint64_t> ids;
    for (const auto& result : emitted_) ids.push_back(result.mini_batch());
    return ids;
  }

  ManualSync sync_;
  std::vector<protocol::AttemptResult> emitted_;
  std::unique_ptr<DurableResults> results_ =
      std::make_unique<DurableResults>(sync_, "/spool", [this](auto&& results) {
        for (auto& result : results) emitted_.push_back(std::move(result));
      });
};

TEST_F(DurableResultsTest, WithoutRowsNothingIsSynced) {
  add(1, 0);
  add(2, 0);
  results_->flush();
  EXPECT_THAT(emitted(), ElementsAre(1, 2));
  EXPECT_THAT(sync_.asked, IsEmpty());
}

TEST_F(DurableResultsTest, RowsWaitForTheSyncAndLaterResultsBehindThem) {
  add(1, 10);
  results_->flush();
  add(2, 0);
  results_->flush();
  add(3, 10);
  results_->flush();
  EXPECT_THAT(emitted(), IsEmpty());
  EXPECT_EQ(sync_.asked.size(), 1u);
  sync_.answer({});
  EXPECT_THAT(emitted(), ElementsAre(1));
  EXPECT_EQ(sync_.asked.size(), 1u) << "one sync for all that gathered";
  sync_.answer({});
  EXPECT_THAT(emitted(), ElementsAre(1, 2, 3));
}

TEST_F(DurableResultsTest, RowsThatCannotBeMadeDurableFailTheirAttempts) {
  add(1, 10);
  add(2, 0);
  results_->flush();
  sync_.answer(fail(ErrorKind::kDiskFull, "/spool: No space left on device"));
  ASSERT_THAT(emitted(), ElementsAre(1, 2));
  EXPECT_EQ(emitted_[0].status(), static_cast<std::uint32_t>(AttemptStatus::kRunException));
  EXPECT_EQ(emitted_[0].length(), 0u);
  EXPECT_THAT(runlog::parse_error_record(emitted_[0].error()).raised.message,
              HasSubstr("No space left"));
  EXPECT_EQ(emitted_[1].status(), static_cast<std::uint32_t>(AttemptStatus::kRunDone));
}

TEST_F(DurableResultsTest, TellsOnceWhenAllIsOut) {
  int told = 0;
  results_->when_empty([&told] { ++told; });
  EXPECT_EQ(told, 1);
  add(1, 10);
  results_->when_empty([&told] { ++told; });
  EXPECT_EQ(told, 1);
  sync_.answer({});
  EXPECT_EQ(told, 2);
}

TEST_F(DurableResultsTest, ALateAnswerFindsNobody) {
  add(1, 10);
  results_->flush();
  results_.reset();
  sync_.answer({});
  EXPECT_THAT(emitted(), IsEmpty());
}

}  // namespace
}  // namespace batchmill::agent
