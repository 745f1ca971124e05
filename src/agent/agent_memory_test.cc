#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/agent_rig.h"
#include "runlog/error_record.h"

// The memory limit of a worker.
namespace batchmill::agent {
namespace {

using protocol::ToLeader;
using testing::ElementsAre;

using AgentMemory = AgentRig;

class WorkerMemory : public AgentRig, public testing::WithParamInterface<std::string> {};

TEST_P(WorkerMemory, AboveItsLimitFailsTheAttemptByName) {
  start_agent();
  auto start = worker("\"1\": \"" + GetParam() + "\"");
  start.set_memory_limit_bytes(kMemoryLimit);
  start_ready_worker(start);
  leader_->lease(0, 4);
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_THAT(leader_->finished(), ElementsAre(0, 1));
  EXPECT_THAT(leader_->returned(), ElementsAre(2, 3));
  const auto result = leader_->results().back();
  EXPECT_EQ(result.status(), code(AttemptStatus::kProcessCrashed));
  EXPECT_GT(result.peak_rss_kib() * 1024, kMemoryLimit);
  const auto record = runlog::parse_error_record(result.error());
  EXPECT_EQ(record.code, 911);
  EXPECT_EQ(record.mini_batch, 1u);
  EXPECT_THAT(record.raised.message,
              testing::MatchesRegex("killed: out of memory .peak [23].. MB, limit 200 MB."));
  EXPECT_EQ(leader_->first(ToLeader::kWorkerExited).worker_exited().signal(), SIGKILL);
}

INSTANTIATE_TEST_SUITE_P(Whose, WorkerMemory, testing::Values("allocate", "child allocates"),
                         [](const auto& how) { return how.index == 0 ? "own" : "of_a_child"; });

TEST_F(AgentMemory, AWorkerAboveItsMemoryLimitInInitFailsByName) {
  start_agent();
  run_until_connected();
  auto start = worker("", "allocate");
  start.set_memory_limit_bytes(kMemoryLimit);
  leader_->start_worker(start);
  run_until_received(ToLeader::kWorkerFailed);
  const auto failed = leader_->first(ToLeader::kWorkerFailed).worker_failed();
  EXPECT_EQ(failed.kind(), 3u);
  EXPECT_EQ(runlog::parse_error_record(failed.error()).code, 911);
}

TEST_F(AgentMemory, AWorkerBelowItsMemoryLimitIsLeftAlone) {
  start_agent();
  auto start = worker("\"0\": \"wait:" + path("go") + "\"");
  start.set_memory_limit_bytes(kMemoryLimit);
  start_ready_worker(start);
  leader_->lease(0, 1);
  run_for(3 * MemoryGuard::kPeriod);
  touch("go");
  run_until([this] { return leader_->results().size() == 1; });
  EXPECT_EQ(leader_->results()[0].status(), code(AttemptStatus::kRunDone));
}

}  // namespace
}  // namespace batchmill::agent
