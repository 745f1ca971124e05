#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/agent_rig.h"

// Commands: what is no worker.
namespace batchmill::agent {
namespace {

using protocol::ToLeader;
using std::chrono::milliseconds;
using testing::HasSubstr;

using AgentCommands = AgentRig;

TEST_F(AgentCommands, RunsACommandIntoItsLog) {
  start_agent();
  run_until_connected();
  leader_->send(command("echo out; echo err >&2; pwd; exit 4"));
  run_until_received(ToLeader::kCommandExited);
  const auto exited = leader_->first(ToLeader::kCommandExited).command_exited();
  EXPECT_EQ(exited.id(), "train.1");
  EXPECT_EQ(exited.exit_code(), 4);
  EXPECT_FALSE(exited.timed_out());
  EXPECT_GT(exited.elapsed_ns(), 0);
  EXPECT_EQ(read("user_logs/std_log.txt"), "out\nerr\n" + path("code") + "\n");
}

TEST_F(AgentCommands, EndsACommandWhoseTimeIsOver) {
  start_agent();
  run_until_connected();
  leader_->send(command("exec sleep 1000", milliseconds(100)));
  run_until_received(ToLeader::kCommandExited);
  const auto exited = leader_->first(ToLeader::kCommandExited).command_exited();
  EXPECT_TRUE(exited.timed_out());
  EXPECT_EQ(exited.signal(), SIGTERM);
}

TEST_F(AgentCommands, KillsACommandOnDemand) {
  start_agent();
  run_until_connected();
  leader_->send(command("trap '' TERM; echo up; while :; do sleep 0.05; done"));
  run_until([this] { return read("user_logs/std_log.txt") == "up\n"; });
  auto kill = leader_->order();
  kill.mutable_kill_command()->set_id("train.1");
  kill.mutable_kill_command()->set_grace_ns(Duration(milliseconds(50)).count());
  leader_->send(kill);
  run_until_received(ToLeader::kCommandExited);
  EXPECT_EQ(leader_->first(ToLeader::kCommandExited).command_exited().signal(), SIGKILL);
}

TEST_F(AgentCommands, NamesACommandThatCannotStart) {
  start_agent();
  run_until_connected();
  auto message = command("");
  message.mutable_start_command()->set_argv(0, "/no/such/shell");
  leader_->send(message);
  run_until_received(ToLeader::kCommandExited);
  EXPECT_THAT(leader_->first(ToLeader::kCommandExited).command_exited().start_error(),
              HasSubstr("/no/such/shell"));
}

TEST_F(AgentCommands, ANewLeaderDoesNotRunAFinishedCommandAgain) {
  start_agent();
  run_until_connected();
  leader_->send(command("echo ran"));
  run_until_received(ToLeader::kCommandExited);
  replace_leader(2);
  run_until_received(ToLeader::kCommandExited);
  leader_->send(command("echo ran"));
  leader_->start_worker(worker());
  run_until_received(ToLeader::kWorkerReady);
  EXPECT_EQ(read("user_logs/std_log.txt"), "ran\n");
}

}  // namespace
}  // namespace batchmill::agent
