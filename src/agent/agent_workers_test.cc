#include <csignal>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/agent_rig.h"
#include "runlog/error_record.h"

// How workers start, and how they end without an attempt that is to blame.
namespace batchmill::agent {
namespace {

using protocol::ToLeader;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using AgentWorkers = AgentRig;

TEST_F(AgentWorkers, AWorkerWaitsForACore) {
  cores_ = CountedCores(1);
  start_agent();
  start_ready_worker(worker());
  leader_->start_worker(worker("", "ok", 1));
  leader_->start_worker(worker("", "ok", 2));
  leader_->lease(0, 50);
  run_until([this] { return leader_->results().size() == 50; });
  EXPECT_FALSE(leader_->starting(1));
  leader_->stop_worker(true);
  run_until([this] { return leader_->starting(1).has_value(); });
  EXPECT_FALSE(leader_->starting(2));
}

TEST_F(AgentWorkers, ReportsAWorkerThatCannotBeStarted) {
  start_agent();
  run_until_connected();
  auto start = worker();
  start.set_argv(0, "/no/such/python");
  leader_->start_worker(start);
  run_until_received(ToLeader::kWorkerFailed);
  const auto failed = leader_->first(ToLeader::kWorkerFailed).worker_failed();
  EXPECT_EQ(failed.kind(), 3u);
  EXPECT_THAT(runlog::parse_error_record(failed.error()).raised.message,
              HasSubstr("/no/such/python: No such file"));
}

TEST_F(AgentWorkers, ReportsAnInitThatFailed) {
  start_agent();
  run_until_connected();
  leader_->start_worker(worker("", "fail"));
  run_until_received(ToLeader::kWorkerFailed);
  const auto failed = leader_->first(ToLeader::kWorkerFailed).worker_failed();
  EXPECT_EQ(failed.kind(), 2u);
  EXPECT_EQ(runlog::parse_error_record(failed.error()).raised.message, "weights");
  EXPECT_FALSE(leader_->has(ToLeader::kWorkerExited));
}

TEST_F(AgentWorkers, ReportsAWorkerThatDiedBeforeItWasReady) {
  start_agent();
  run_until_connected();
  leader_->start_worker(worker("", "die"));
  run_until_received(ToLeader::kWorkerFailed);
  const auto failed = leader_->first(ToLeader::kWorkerFailed).worker_failed();
  EXPECT_EQ(failed.kind(), 3u);
  const auto record = runlog::parse_error_record(failed.error());
  EXPECT_EQ(record.code, 912);
  EXPECT_THAT(record.detail, HasSubstr("last words"));
}

TEST_F(AgentWorkers, AnIdleWorkersDeathCostsNoMiniBatch) {
  start_agent();
  start_ready_worker(worker());
  kill(pid_of(), SIGKILL);
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_THAT(leader_->results(), IsEmpty());
  EXPECT_THAT(leader_->returned(), IsEmpty());
}

TEST_F(AgentWorkers, StoppingAWorkerGivesItsLeasesBackUncharged) {
  start_agent();
  start_ready_worker(worker(R"("0": "sleep")"));
  leader_->lease(0, 2);
  run_until_running();
  leader_->stop_worker(false, milliseconds(0));
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_TRUE(leader_->first(ToLeader::kWorkerExited).worker_exited().asked());
  EXPECT_THAT(leader_->results(), IsEmpty());
  EXPECT_THAT(leader_->returned(), ElementsAre(0, 1));
}

TEST_F(AgentWorkers, AShutdownThatHangsIsBounded) {
  start_agent();
  start_ready_worker(worker(R"("0": "sleep")"));
  leader_->lease(0, 1);
  run_until_running();
  leader_->stop_worker(true, milliseconds(100));
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_EQ(leader_->first(ToLeader::kWorkerExited).worker_exited().signal(), SIGTERM);
}

TEST_F(AgentWorkers, AWorkerLeavesNoGrandchild) {
  start_agent();
  start_ready_worker(worker(R"("0": "grandchild")"));
  leader_->lease(0, 1);
  run_until([this] { return !read("grandchild").empty(); });
  const pid_t grandchild = std::atoi(read("grandchild").c_str());
  leader_->stop_worker(true);
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_FALSE(is_alive(grandchild));
}

}  // namespace
}  // namespace batchmill::agent
