#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/agent_rig.h"

// Leaders come and go: what the next one is told, and when the agent ends.
namespace batchmill::agent {
namespace {

using protocol::ToLeader;
using std::chrono::milliseconds;
using testing::HasSubstr;

using AgentLeaders = AgentRig;

TEST_F(AgentLeaders, SaysWhoItIs) {
  start_agent();
  run_until_connected();
  EXPECT_EQ(leader_->hello.version(), 1u);
  EXPECT_EQ(leader_->hello.node(), 7u);
  EXPECT_EQ(leader_->hello.pid(), getpid());
  EXPECT_EQ(leader_->hello.cores(), 4u);
  EXPECT_EQ(leader_->hello.host(), "here");
  EXPECT_EQ(leader_->hello.highest_epoch(), 0u);
  EXPECT_EQ(leader_->hello.first_unacknowledged(), 1u);
}

TEST_F(AgentLeaders, AWorkerOutlivesItsLeader) {
  start_agent();
  start_ready_worker(worker("\"5\": \"wait:" + path("go") + "\""));
  leader_->lease(0, 8);
  run_until([this] { return leader_->results().size() == 5; });
  const std::uint64_t acknowledged = leader_->received[2].sequence();
  leader_->acknowledge(acknowledged);
  run_until([this] { return leader_->has(ToLeader::kResults); });
  const auto before = leader_->received;
  replace_leader(2);
  run_until_connected();
  touch("go");
  run_until([this] { return leader_->finished().contains(7); });

  EXPECT_EQ(leader_->hello.highest_epoch(), 1u);
  ASSERT_EQ(leader_->hello.workers_size(), 1);
  EXPECT_EQ(leader_->hello.workers(0).state(), 1u);
  EXPECT_EQ(leader_->hello.workers(0).lease_epoch(), 1u);
  // Everything that was not acknowledged comes again, with its number, in order.
  EXPECT_EQ(leader_->received[0].sequence(), leader_->hello.first_unacknowledged());
  EXPECT_LE(leader_->hello.first_unacknowledged(), acknowledged + 1);
  for (std::size_t i = 1; i < leader_->received.size(); ++i) {
    EXPECT_EQ(leader_->received[i].sequence(), leader_->received[i - 1].sequence() + 1);
  }
  for (const auto& message : before) {
    if (message.sequence() < leader_->hello.first_unacknowledged()) continue;
    const auto index = message.sequence() - leader_->hello.first_unacknowledged();
    EXPECT_EQ(leader_->received[index].SerializeAsString(), message.SerializeAsString());
  }
  for (const auto& result : leader_->results()) EXPECT_EQ(result.epoch(), 1u);
  leader_->lease(20, 1);
  run_until([this] { return leader_->finished().contains(20); });
  EXPECT_EQ(leader_->results().back().epoch(), 2u);
}

TEST_F(AgentLeaders, TellsANewLeaderWhichNumbersWereUsed) {
  leader_->live_steps = {"score", "other"};
  start_agent();
  start_ready_worker(worker(R"("0": "kill")", "ok", 4));
  auto other = worker();
  other.set_step("other");
  leader_->start_worker(other);
  leader_->lease(0, 1, 1, 4);
  run_until_received(ToLeader::kWorkerExited);
  replace_leader(2);
  run_until_connected();
  ASSERT_EQ(leader_->hello.processes_size(), 2);
  EXPECT_EQ(leader_->hello.processes(0).step(), "other");
  EXPECT_EQ(leader_->hello.processes(0).next_process(), 1u);
  EXPECT_EQ(leader_->hello.processes(1).step(), "score");
  EXPECT_EQ(leader_->hello.processes(1).next_process(), 5u) << "also of a worker that is gone";
}

TEST_F(AgentLeaders, RefusesOrdersOfAnOlderEpoch) {
  start_agent();
  start_ready_worker(worker());
  replace_leader(3);
  run_until_connected();
  auto old = leader_->order();
  old.set_epoch(2);
  old.mutable_stop_worker()->set_step("score");
  leader_->send(old);
  leader_->lease(0, 1);
  run_until([this] { return leader_->results().size() == 1; });
  EXPECT_FALSE(leader_->has(ToLeader::kWorkerExited));
  EXPECT_THAT(read("agent.log"), HasSubstr("refused an order of epoch 2"));
}

TEST_F(AgentLeaders, DropsStepsThatTheNewLeaderDoesNotName) {
  start_agent();
  start_ready_worker(worker());
  leader_->send(command("sleep 1000"));
  replace_leader(2);
  leader_->live_steps = {"other"};
  leader_->live_commands = {};
  run_until([this] {
    return leader_->has(ToLeader::kWorkerExited) && leader_->has(ToLeader::kCommandExited);
  });
  EXPECT_EQ(leader_->first(ToLeader::kCommandExited).command_exited().signal(), SIGTERM);
}

TEST_F(AgentLeaders, EndsEverythingWhenNoLeaderComesBack) {
  settings_.patience = milliseconds(300);
  start_agent();
  start_ready_worker(worker());
  const pid_t pid = pid_of();
  time_alone();
  EXPECT_EQ(agent_->ended_by(), AgentEnd::kLeaderLost);
  EXPECT_FALSE(is_alive(pid));
}

TEST_F(AgentLeaders, LeavesSoonWhenThereIsNothingToKeepForALeader) {
  settings_.idle_patience = milliseconds(200);
  start_agent();
  run_until_connected();
  EXPECT_LT(time_alone(), settings_.patience);
  EXPECT_EQ(agent_->ended_by(), AgentEnd::kLeaderLost);
}

TEST_F(AgentLeaders, WaitsForALeaderWithResultsThatAreNotAcknowledged) {
  settings_.patience = milliseconds(600);
  settings_.idle_patience = milliseconds(0);
  start_agent();
  start_ready_worker(worker());
  leader_->lease(0, 1);
  run_until([this] { return leader_->results().size() == 1; });
  leader_->stop_worker(true);
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_GE(time_alone(), settings_.patience);
}

TEST_F(AgentLeaders, GoodbyeEndsEverything) {
  start_agent();
  start_ready_worker(worker(R"("0": "sleep")"));
  const pid_t pid = pid_of();
  leader_->lease(0, 1);
  leader_->send(command("sleep 1000"));
  leader_->goodbye();
  loop_->run();
  EXPECT_EQ(agent_->ended_by(), AgentEnd::kGoodbye);
  EXPECT_FALSE(is_alive(pid));
}

TEST_F(AgentLeaders, ADeadSpawnerEndsTheAgent) {
  start_agent();
  start_ready_worker(worker());
  const pid_t pid = pid_of();
  for (const ProcessEntry& process : list_processes()) {
    if (process.pid == pid) kill(process.parent, SIGKILL);
  }
  loop_->run();
  EXPECT_EQ(agent_->ended_by(), AgentEnd::kSpawnerLost);
  EXPECT_FALSE(is_alive(pid));
}

}  // namespace
}  // namespace batchmill::agent
