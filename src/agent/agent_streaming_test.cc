#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/agent_rig.h"
#include "runlog/error_record.h"

// Workers that have many attempts at once.
namespace batchmill::agent {
namespace {

using protocol::ToLeader;
using std::chrono::milliseconds;
using testing::ElementsAre;

class Spec3_7Streaming : public AgentRig {
 protected:
  protocol::StartWorker streaming_worker(const std::string& runs) const {
    auto start = worker(runs);
    start.set_concurrent(true);
    return start;
  }
  void start_streaming(const std::string& runs) {
    start_agent();
    start_ready_worker(streaming_worker(runs));
  }
  std::vector<std::uint64_t> order_of_results() const {
    std::vector<std::uint64_t> ids;
    for (const auto& result : leader_->results()) ids.push_back(result.mini_batch());
    return ids;
  }
};

TEST_F(Spec3_7Streaming, TakesResultsInAnyOrder) {
  start_streaming(R"("0": "later", "1": "later", "2": "later", "4": "all")");
  leader_->lease(0, 4);
  run_until([this] { return leader_->results().size() == 1; });
  leader_->lease(4, 2);
  run_until([this] { return leader_->results().size() == 6; });
  EXPECT_THAT(order_of_results(), ElementsAre(3, 4, 2, 1, 0, 5));
}

TEST_F(Spec3_7Streaming, ACrashIsChargedToAllThatWereStarted) {
  start_streaming(R"("0": "later", "1": "later", "3": "kill")");
  leader_->lease(0, 6);
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_THAT(order_of_results(), ElementsAre(2, 0, 1, 3));
  EXPECT_THAT(leader_->returned(), ElementsAre(4, 5));
  for (const auto& result : leader_->results()) {
    EXPECT_EQ(result.status(), code(result.mini_batch() == 2 ? AttemptStatus::kRunDone
                                                             : AttemptStatus::kProcessCrashed));
    if (result.mini_batch() == 2) continue;
    EXPECT_EQ(runlog::parse_error_record(result.error()).mini_batch, result.mini_batch());
  }
}

TEST_F(Spec3_7Streaming, TooMuchMemoryIsChargedToAllThatWereStarted) {
  start_agent();
  auto start = streaming_worker(R"("0": "later", "1": "allocate")");
  start.set_memory_limit_bytes(kMemoryLimit);
  start_ready_worker(start);
  leader_->lease(0, 3);
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_THAT(order_of_results(), ElementsAre(0, 1));
  EXPECT_THAT(leader_->returned(), ElementsAre(2));
}

TEST_F(Spec3_7Streaming, OnlyEnqueueItselfIsTimed) {
  start_agent();
  auto start = streaming_worker(R"("0": "later", "2": "sleep")");
  start.set_run_timeout_ns(Duration(milliseconds(200)).count());
  start_ready_worker(start);
  leader_->lease(0, 2);
  run_for(milliseconds(400));  // longer than enqueue() may take
  EXPECT_FALSE(leader_->has(ToLeader::kWorkerExited));
  leader_->lease(2, 1);
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_THAT(order_of_results(), ElementsAre(1, 2));
  EXPECT_EQ(leader_->results()[1].status(), code(AttemptStatus::kRunTimeout));
  EXPECT_THAT(leader_->returned(), ElementsAre(0)) << "the others are not to blame";
}

TEST_F(Spec3_7Streaming, ShowsTheOldestThatWaitsForItsResult) {
  start_streaming(R"("0": "later", "1": "later")");
  leader_->lease(0, 3);
  run_until_running();
  run_until([this] { return leader_->results().size() == 1; });
  leader_->heartbeats.clear();
  run_until_running();
  EXPECT_EQ(leader_->heartbeats.back().busy(0).mini_batch(), 0u);
  EXPECT_EQ(leader_->heartbeats.back().busy(0).queued(), 2u);
}

TEST_F(Spec3_7Streaming, KillsAnAttemptThatWaitsForItsResult) {
  start_streaming(R"("0": "later", "1": "later")");
  leader_->lease(0, 3);
  run_until([this] { return leader_->results().size() == 1; });
  leader_->kill_attempt(1);
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_EQ(leader_->results().back().mini_batch(), 1u);
  EXPECT_EQ(leader_->results().back().status(), code(AttemptStatus::kCanceled));
  EXPECT_THAT(leader_->returned(), ElementsAre(0));
}

}  // namespace
}  // namespace batchmill::agent
