#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/agent_rig.h"
#include "runlog/error_record.h"

// Attempts that fail, and the one that is charged when its process ends.
namespace batchmill::agent {
namespace {

using protocol::ToLeader;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

using AgentAttempts = AgentRig;

TEST_F(AgentAttempts, PassesOnWhatRaised) {
  start_agent();
  start_ready_worker(worker(R"("1": "raise")"));
  leader_->lease(0, 3);
  run_until([this] { return leader_->results().size() == 3; });
  const auto failed = leader_->results()[1];
  EXPECT_EQ(failed.status(), code(AttemptStatus::kRunException));
  const auto record = runlog::parse_error_record(failed.error());
  EXPECT_EQ(record.code, 901);
  EXPECT_EQ(record.raised.type, "ValueError");
  EXPECT_EQ(record.mini_batch, 1u);
  EXPECT_FALSE(leader_->has(ToLeader::kWorkerExited)) << "an exception keeps the process";
}

TEST_F(AgentAttempts, EndsARunThatTakesTooLong) {
  start_agent();
  auto start = worker(R"("2": "sleep")");
  start.set_run_timeout_ns(Duration(milliseconds(300)).count());
  start_ready_worker(start);
  leader_->lease(0, 10);
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_THAT(leader_->finished(), ElementsAre(0, 1, 2));
  EXPECT_THAT(leader_->returned(), ElementsAre(3, 4, 5, 6, 7, 8, 9));
  const auto result = leader_->results().back();
  EXPECT_EQ(result.mini_batch(), 2u);
  EXPECT_EQ(result.status(), code(AttemptStatus::kRunTimeout));
  EXPECT_GE(result.run_us(), 300'000u);
  EXPECT_EQ(result.length(), 0u);
  EXPECT_GT(result.peak_rss_kib(), 0u);
  const auto record = runlog::parse_error_record(result.error());
  EXPECT_EQ(record.code, 908);
  EXPECT_EQ(record.raised.message, "still running after 0.3 s (retry_settings.timeout)");
  ASSERT_FALSE(record.raised.frames.empty());
  EXPECT_EQ(record.raised.frames.back().function, "run");
  EXPECT_FALSE(leader_->first(ToLeader::kWorkerExited).worker_exited().asked());
  const std::string log = read("logs/user/error/7/process000.txt");
  EXPECT_THAT(log, HasSubstr("mini-batch 2, try 1: still running after 0.3 s "
                             "(retry_settings.timeout)\nIts threads when it was ended:\n"));
  EXPECT_THAT(log, HasSubstr("fake_worker.py\", line "));
  EXPECT_THAT(log, HasSubstr("The last it wrote to stderr:\nabout to sleep\n"));
}

TEST_F(AgentAttempts, EndsALoadThatTakesTooLong) {
  start_agent();
  auto start = worker(R"("0": "load")");
  start.set_load_timeout_ns(Duration(milliseconds(200)).count());
  start_ready_worker(start);
  leader_->lease(0, 2);
  run_until_received(ToLeader::kWorkerExited);
  const auto results = leader_->results();
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].status(), code(AttemptStatus::kLoadTimeout));
  EXPECT_EQ(runlog::parse_error_record(results[0].error()).code, 909);
  EXPECT_THAT(leader_->returned(), ElementsAre(1));
}

TEST_F(AgentAttempts, KillsOneAttemptOnDemand) {
  start_agent();
  start_ready_worker(worker(R"("0": "sleep")"));
  leader_->lease(0, 2);
  leader_->kill_attempt(0);
  run_until_received(ToLeader::kWorkerExited);
  ASSERT_THAT(leader_->results(), SizeIs(1));
  EXPECT_EQ(leader_->results()[0].status(), code(AttemptStatus::kCanceled));
  EXPECT_THAT(leader_->returned(), ElementsAre(1));
}

TEST_F(AgentAttempts, KillsOnlyThePartThatIsMeant) {
  start_agent();
  start_ready_worker(worker("\"0\": \"wait:" + path("go") + "\""));
  leader_->lease_part(0, {0, 3});
  leader_->lease_part(0, {3, 3});
  run_until_running();
  leader_->kill_attempt(0, {3, 3});
  run_for(milliseconds(100));
  touch("go");
  run_until([this] { return !leader_->results().empty(); });
  EXPECT_EQ(leader_->results()[0].part_count(), 3u);
  EXPECT_EQ(leader_->results()[0].part_first(), 0u);
  EXPECT_EQ(leader_->results()[0].status(), code(AttemptStatus::kRunDone));
}

TEST_F(AgentAttempts, TellsTheItemsOfARunThatWasCutShort) {
  start_agent();
  auto start = worker(R"("0": "kill@41", "1": "sleep@7")");
  start.set_run_timeout_ns(Duration(milliseconds(100)).count());
  start_ready_worker(start);
  leader_->lease(0, 1);
  run_until_received(ToLeader::kWorkerExited);
  start.set_process(1);
  leader_->start_worker(start);
  leader_->lease(1, 1, 1, 1);
  run_until([this] { return leader_->results().size() == 2; });
  EXPECT_EQ(leader_->results()[0].status(), code(AttemptStatus::kProcessCrashed));
  EXPECT_EQ(leader_->results()[0].total(), 41u);
  EXPECT_EQ(leader_->results()[1].status(), code(AttemptStatus::kRunTimeout));
  EXPECT_EQ(leader_->results()[1].total(), 7u);
}

struct Death {
  std::string how;
  int signal;
  int exit_code;
  int record_code;
  std::string message;
};

class AgentDeaths : public AgentRig, public testing::WithParamInterface<Death> {};

TEST_P(AgentDeaths, AreChargedToTheAttemptThatRan) {
  const Death& death = GetParam();
  start_agent();
  start_ready_worker(worker("\"3\": \"" + death.how + "\""));
  leader_->lease(0, 8);
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_THAT(leader_->finished(), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(leader_->returned(), ElementsAre(4, 5, 6, 7));
  const auto result = leader_->results().back();
  EXPECT_EQ(result.mini_batch(), 3u);
  EXPECT_EQ(result.status(), code(AttemptStatus::kProcessCrashed));
  const auto record = runlog::parse_error_record(result.error());
  EXPECT_EQ(record.code, death.record_code);
  EXPECT_THAT(record.raised.message, HasSubstr(death.message));
  EXPECT_EQ(record.mini_batch, 3u);
  if (death.how == "exit") {
    EXPECT_EQ(record.detail, "leaving now");
  }
  if (death.how == "abort") {
    EXPECT_EQ(record.raised.frames.back().function, "run");
  }
  const auto exited = leader_->first(ToLeader::kWorkerExited).worker_exited();
  EXPECT_EQ(exited.signal(), death.signal);
  EXPECT_EQ(exited.exit_code(), death.exit_code);
  // The last word about a worker comes last.
  EXPECT_TRUE(leader_->received.back().has_worker_exited());
}

INSTANTIATE_TEST_SUITE_P(
    All, AgentDeaths,
    testing::Values(Death{"abort", SIGABRT, 0, 910, "the process crashed (SIGABRT)"},
                    Death{"kill", SIGKILL, 0, 910, "the process was killed (SIGKILL)"},
                    Death{"exit", 0, 3, 912, "the script ended its process (exit code 3)"},
                    Death{"gibberish", SIGTERM, 0, 912, "the worker sent a malformed message"}),
    [](const auto& death) { return death.param.how; });

}  // namespace
}  // namespace batchmill::agent
