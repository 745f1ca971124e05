#include "agent/agent.h"

#include <csignal>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/agent_rig.h"
#include "base/hash.h"
#include "runlog/error_record.h"

namespace batchmill::agent {
namespace {

using protocol::ToLeader;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using Agents = AgentRig;

std::uint32_t code(AttemptStatus status) { return static_cast<std::uint32_t>(status); }

// ---- workers ---------------------------------------------------------------------------------

TEST_F(Agents, SaysWhoItIs) {
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

TEST_F(Agents, RunsMiniBatchesAndReportsTheirRows) {
  start_agent();
  start_ready_worker(worker());
  EXPECT_GT(leader_->first(ToLeader::kWorkerStarting).worker_starting().pid(), 0);
  EXPECT_EQ(leader_->first(ToLeader::kWorkerReady).worker_ready().init_ns(), 250'000'000);
  leader_->lease(0, 200);
  leader_->lease(500, 3, 2);
  run_until([this] { return leader_->results().size() == 203; });
  const std::string spool = read("spool/0");
  for (const auto& result : leader_->results()) {
    EXPECT_EQ(result.status(), code(AttemptStatus::kRunDone));
    EXPECT_EQ(result.epoch(), 1u);
    EXPECT_EQ(result.attempt(), result.mini_batch() < 500 ? 1u : 2u);
    EXPECT_EQ(result.total(), 2u);
    EXPECT_EQ(result.rows(), 1u);
    const std::string row = spool.substr(result.offset(), result.length());
    EXPECT_EQ(row, "mb " + std::to_string(result.mini_batch()) + "\n");
    EXPECT_EQ(result.crc(), crc32(row));
  }
  EXPECT_EQ(leader_->finished().size(), 203u);
  leader_->stop_worker(true);
  run_until_received(ToLeader::kWorkerExited);
  const auto exited = leader_->first(ToLeader::kWorkerExited).worker_exited();
  EXPECT_TRUE(exited.asked());
  EXPECT_EQ(exited.exit_code(), 0);
  EXPECT_EQ(exited.signal(), 0);
}

template <typename Message>
ItemRange part_of(const Message& message) {
  return {message.part_first(), message.part_count()};
}

TEST_F(Agents, RunsPartsOfAMiniBatchAndNamesThemInTheirResults) {
  start_agent();
  start_ready_worker(worker());
  leader_->lease_part(4, {0, 5});
  leader_->lease_part(4, {5, 5}, 3);
  leader_->lease(5, 1);
  run_until([this] { return leader_->results().size() == 3; });
  const auto results = leader_->results();
  EXPECT_EQ(part_of(results[0]), (ItemRange{0, 5}));
  EXPECT_EQ(part_of(results[1]), (ItemRange{5, 5}));
  EXPECT_EQ(results[1].attempt(), 3u);
  EXPECT_EQ(part_of(results[2]), ItemRange{});
}

TEST_F(Agents, GivesPartsBackAsTheyWereLeased) {
  start_agent();
  start_ready_worker(worker(R"("0": "kill")"));
  leader_->lease_part(0, {2, 1});
  leader_->lease_part(1, {0, 4});
  leader_->lease_part(1, {4, 4});
  run_until_received(ToLeader::kWorkerExited);
  ASSERT_THAT(leader_->results(), SizeIs(1));
  EXPECT_EQ(part_of(leader_->results()[0]), (ItemRange{2, 1}));
  const auto returned = leader_->first(ToLeader::kLeasesReturned).leases_returned();
  ASSERT_EQ(returned.ranges_size(), 2);
  EXPECT_EQ(part_of(returned.ranges(0)), (ItemRange{0, 4}));
  EXPECT_EQ(part_of(returned.ranges(1)), (ItemRange{4, 4}));
}

TEST_F(Agents, TellsANewLeaderWhichPartsAWorkerHolds) {
  start_agent();
  start_ready_worker(worker("\"0\": \"wait:" + path("go") + "\""));
  leader_->lease_part(0, {0, 3});
  leader_->lease_part(0, {3, 3});
  run_until_running();
  replace_leader(2);
  run_until_connected();
  ASSERT_EQ(leader_->hello.workers(0).ranges_size(), 2);
  EXPECT_EQ(part_of(leader_->hello.workers(0).ranges(0)), (ItemRange{0, 3}));
  EXPECT_EQ(part_of(leader_->hello.workers(0).ranges(1)), (ItemRange{3, 3}));
}

TEST_F(Agents, TellsTheItemsOfARunThatWasCutShort) {
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

TEST_F(Agents, NumbersItsMessagesWithoutAGap) {
  start_agent();
  start_ready_worker(worker());
  leader_->lease(0, 20);
  run_until([this] { return leader_->results().size() == 20; });
  std::uint64_t expected = 1;
  for (const auto& message : leader_->received) EXPECT_EQ(message.sequence(), expected++);
}

TEST_F(Agents, PassesOnWhatRaised) {
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

TEST_F(Agents, EndsARunThatTakesTooLong) {
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

TEST_F(Agents, EndsALoadThatTakesTooLong) {
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

TEST_F(Agents, AnIdleWorkersDeathCostsNoMiniBatch) {
  start_agent();
  start_ready_worker(worker());
  kill(static_cast<pid_t>(leader_->first(ToLeader::kWorkerStarting).worker_starting().pid()),
       SIGKILL);
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_THAT(leader_->results(), IsEmpty());
  EXPECT_THAT(leader_->returned(), IsEmpty());
}

TEST_F(Agents, ReportsAnInitThatFailed) {
  start_agent();
  run_until_connected();
  leader_->start_worker(worker("", "fail"));
  run_until_received(ToLeader::kWorkerFailed);
  const auto failed = leader_->first(ToLeader::kWorkerFailed).worker_failed();
  EXPECT_EQ(failed.kind(), 2u);
  EXPECT_EQ(runlog::parse_error_record(failed.error()).raised.message, "weights");
  EXPECT_FALSE(leader_->has(ToLeader::kWorkerExited));
}

TEST_F(Agents, ReportsAWorkerThatDiedBeforeItWasReady) {
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

TEST_F(Agents, ReportsAWorkerThatCannotBeStarted) {
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

TEST_F(Agents, TakesBackTheNewestThatHaveNotStarted) {
  start_agent();
  start_ready_worker(worker("\"0\": \"wait:" + path("go") + "\""));
  leader_->lease(0, 10);
  run_until_running();
  EXPECT_EQ(leader_->heartbeats.back().busy(0).mini_batch(), 0u);
  EXPECT_EQ(leader_->heartbeats.back().busy(0).queued(), 10u);
  leader_->revoke(3);
  run_until([this] { return leader_->returned().size() == 7; });
  EXPECT_THAT(leader_->returned(), ElementsAre(3, 4, 5, 6, 7, 8, 9));
  // New work behind what was taken back: it waits until the worker has dropped the old tickets.
  leader_->lease(20, 5);
  touch("go");
  run_until([this] { return leader_->results().size() == 8; });
  EXPECT_THAT(leader_->finished(), ElementsAre(0, 1, 2, 20, 21, 22, 23, 24));
}

TEST_F(Agents, KillsOneAttemptOnDemand) {
  start_agent();
  start_ready_worker(worker(R"("0": "sleep")"));
  leader_->lease(0, 2);
  leader_->kill_attempt(0);
  run_until_received(ToLeader::kWorkerExited);
  ASSERT_THAT(leader_->results(), SizeIs(1));
  EXPECT_EQ(leader_->results()[0].status(), code(AttemptStatus::kCanceled));
  EXPECT_THAT(leader_->returned(), ElementsAre(1));
}

TEST_F(Agents, StoppingAWorkerGivesItsLeasesBackUncharged) {
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

TEST_F(Agents, AShutdownThatHangsIsBounded) {
  start_agent();
  start_ready_worker(worker(R"("0": "sleep")"));
  leader_->lease(0, 1);
  run_until_running();
  leader_->stop_worker(true, milliseconds(100));
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_EQ(leader_->first(ToLeader::kWorkerExited).worker_exited().signal(), SIGTERM);
}

TEST_F(Agents, ReturnsALeaseForAWorkerThatIsGone) {
  start_agent();
  run_until_connected();
  leader_->lease(4, 2);
  run_until_received(ToLeader::kLeasesReturned);
  EXPECT_THAT(leader_->returned(), ElementsAre(4, 5));
}

TEST_F(Agents, AWorkerLeavesNoGrandchild) {
  start_agent();
  start_ready_worker(worker(R"("0": "grandchild")"));
  leader_->lease(0, 1);
  run_until([this] { return !read("grandchild").empty(); });
  const pid_t grandchild = std::atoi(read("grandchild").c_str());
  leader_->stop_worker(true);
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_FALSE(is_alive(grandchild));
}

TEST_F(Agents, AWorkerWaitsForACore) {
  cores_ = CountedCores(1);
  start_agent();
  start_ready_worker(worker());
  leader_->start_worker(worker("", "ok", 1));
  leader_->start_worker(worker("", "ok", 2));
  leader_->lease(0, 50);
  run_until([this] { return leader_->results().size() == 50; });
  const auto is_started = [this](std::uint32_t process) {
    return std::any_of(leader_->received.begin(), leader_->received.end(), [=](const auto& m) {
      return m.has_worker_starting() && m.worker_starting().process() == process;
    });
  };
  EXPECT_FALSE(is_started(1));
  leader_->stop_worker(true);
  run_until([&] { return is_started(1); });
  EXPECT_FALSE(is_started(2));
}

// ---- memory ----------------------------------------------------------------------------------

constexpr std::uint64_t kMemoryLimit = std::uint64_t{200} << 20;

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

TEST_F(Agents, AWorkerAboveItsMemoryLimitInInitFailsByName) {
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

TEST_F(Agents, AWorkerBelowItsMemoryLimitIsLeftAlone) {
  start_agent();
  auto start = worker("\"0\": \"wait:" + path("go") + "\"");
  start.set_memory_limit_bytes(kMemoryLimit);
  start_ready_worker(start);
  leader_->lease(0, 1);
  run_until(
      [this, later = loop_->now() + 3 * MemoryGuard::kPeriod] { return loop_->now() > later; });
  touch("go");
  run_until([this] { return leader_->results().size() == 1; });
  EXPECT_EQ(leader_->results()[0].status(), code(AttemptStatus::kRunDone));
}

// ---- the streaming contract ------------------------------------------------------------------

class Spec3_7Streaming : public AgentRig {
 protected:
  void start_streaming(const std::string& runs) {
    start_agent();
    auto start = worker(runs);
    start.set_concurrent(true);
    start.set_run_timeout_ns(Duration(milliseconds(200)).count());
    start.set_memory_limit_bytes(kMemoryLimit);
    start_ready_worker(start);
  }
  std::vector<std::uint64_t> order_of_results() {
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
  start_streaming(R"("0": "later", "1": "allocate")");
  auto start = worker(R"("0": "later", "1": "allocate")", "ok", 1);
  start.set_concurrent(true);
  start.set_memory_limit_bytes(kMemoryLimit);
  leader_->start_worker(start);
  leader_->lease(0, 3, 1, 1);
  run_until_received(ToLeader::kWorkerExited);
  EXPECT_THAT(order_of_results(), ElementsAre(0, 1));
  EXPECT_THAT(leader_->returned(), ElementsAre(2));
}

TEST_F(Spec3_7Streaming, OnlyEnqueueItselfIsTimed) {
  start_streaming(R"("0": "later", "2": "sleep")");
  leader_->lease(0, 2);
  // Waits longer than enqueue() may take.
  run_until([this, later = loop_->now() + milliseconds(400)] { return loop_->now() > later; });
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

// ---- the resource monitor --------------------------------------------------------------------

class Spec7_4ResourceMonitor : public AgentRig {
 protected:
  std::size_t lines_of(const std::string& table) const {
    const std::string content = read("logs/sys/perf/7/" + table);
    return static_cast<std::size_t>(std::count(content.begin(), content.end(), '\n'));
  }
  void run_until_lines(const std::string& table, std::size_t lines) {
    run_until([&] { return lines_of(table) >= lines; });
  }
  void run_for(Duration duration) {
    run_until([this, end = loop_->now() + duration] { return loop_->now() >= end; });
  }
  static constexpr const char* kNode = "node_resource_usage.csv";
};

TEST_F(Spec7_4ResourceMonitor, WritesEveryTableAtOnce) {
  start_agent();
  start_ready_worker(worker());
  leader_->watch_resources(path("logs"), seconds(600));
  run_until([this] { return files_.exists(path("logs/sys/perf/7/os")); });
  for (const char* table :
       {kNode, "node_disk_usage.csv", "processes_resource_usage.csv", "gpu_usage.csv"}) {
    EXPECT_GE(lines_of(table), 2u) << table;
  }
  EXPECT_THAT(read("logs/sys/perf/7/processes_resource_usage.csv"), HasSubstr(",process000,"));
  EXPECT_THAT(read("logs/sys/perf/7/gpu_usage.csv"), HasSubstr(",0,35,1024,16160\n"));
}

TEST_F(Spec7_4ResourceMonitor, GoesOnUntilTheIntervalIsZero) {
  start_agent();
  run_until_connected();
  leader_->watch_resources(path("logs"), milliseconds(100));
  run_until_lines(kNode, 3);
  leader_->watch_resources(path("logs"), Duration::zero());
  run_for(milliseconds(300));  // a reading that is under way may still be written
  const std::size_t lines = lines_of(kNode);
  run_for(milliseconds(300));
  EXPECT_EQ(lines_of(kNode), lines);
}

TEST_F(Spec7_4ResourceMonitor, OutlivesTheLeader) {
  start_agent();
  run_until_connected();
  leader_->watch_resources(path("logs"), milliseconds(100));
  run_until_lines(kNode, 2);
  replace_leader(2);
  run_until_connected();
  run_until_lines(kNode, 5);
}

TEST_F(Spec7_4ResourceMonitor, EndsWithItsStep) {
  start_agent();
  run_until_connected();
  leader_->watch_resources(path("logs"), milliseconds(100));
  run_until_lines(kNode, 2);
  leader_.reset();
  leader_ = std::make_unique<FakeLeader>(*loop_, socket_path(), 2);
  leader_->live_steps.clear();
  run_until_connected();
  run_for(milliseconds(300));
  const std::size_t lines = lines_of(kNode);
  run_for(milliseconds(300));
  EXPECT_EQ(lines_of(kNode), lines);
}

// ---- GPUs ------------------------------------------------------------------------------------

constexpr const char* kVisibleGpus = "CUDA_VISIBLE_DEVICES";

class Spec4_6Gpus : public AgentRig {
 protected:
  protocol::StartWorker gpu_worker(std::uint32_t process, const std::string& inherited = "7") {
    auto start = worker(R"("0": "kill")", "ok", process);
    start.add_gpus(0);
    start.add_gpus(1);
    auto& variable = *start.add_environment();
    variable.set_name(kVisibleGpus);
    variable.set_value(inherited);
    return start;
  }
  // What that worker was started with; nothing when the variable is absent.
  std::optional<std::string> visible_gpus(std::uint32_t process) {
    pid_t pid = 0;
    run_until([&] {
      for (const auto& message : leader_->received) {
        const auto& starting = message.worker_starting();
        if (message.has_worker_starting() && starting.process() == process) {
          pid = static_cast<pid_t>(starting.pid());
        }
      }
      return pid != 0;
    });
    return process_variable(pid, kVisibleGpus);
  }
};

TEST_F(Spec4_6Gpus, GoToTheFirstWorkersAndTheRestHaveNoVariable) {
  start_agent();
  run_until_connected();
  for (std::uint32_t i = 0; i < 4; ++i) leader_->start_worker(gpu_worker(i));
  EXPECT_EQ(visible_gpus(0), "0");
  EXPECT_EQ(visible_gpus(1), "1");
  EXPECT_EQ(visible_gpus(2), std::nullopt);
  EXPECT_EQ(visible_gpus(3), std::nullopt);
}

TEST_F(Spec4_6Gpus, OfADeadWorkerGoesToTheNextThatStarts) {
  cores_ = CountedCores(5);
  start_agent();
  run_until_connected();
  for (std::uint32_t i = 0; i < 4; ++i) leader_->start_worker(gpu_worker(i));
  leader_->lease(0, 1);  // process000 dies of it
  run_until_received(ToLeader::kWorkerExited);
  leader_->start_worker(gpu_worker(4));
  EXPECT_EQ(visible_gpus(4), "0");
}

TEST_F(Spec4_6Gpus, AreNotGivenTwiceByTwoSteps) {
  leader_->live_steps = {"score", "other"};
  start_agent();
  run_until_connected();
  auto other = gpu_worker(0);
  other.set_step("other");
  leader_->start_worker(other);
  EXPECT_EQ(visible_gpus(0), "0");
  leader_->start_worker(gpu_worker(1));
  EXPECT_EQ(visible_gpus(1), "1");
}

TEST_F(Spec4_6Gpus, CanBeHiddenFromSurplusWorkers) {
  start_agent();
  run_until_connected();
  auto start = gpu_worker(0);
  start.clear_gpus();
  start.set_hide_gpus(true);
  leader_->start_worker(start);
  EXPECT_EQ(visible_gpus(0), "");
}

// ---- leaders come and go ---------------------------------------------------------------------

TEST_F(Agents, TellsANewLeaderWhichNumbersWereUsed) {
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

TEST_F(Agents, AWorkerOutlivesItsLeader) {
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

TEST_F(Agents, RefusesOrdersOfAnOlderEpoch) {
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

TEST_F(Agents, DropsStepsThatTheNewLeaderDoesNotName) {
  start_agent();
  start_ready_worker(worker());
  leader_->send(command("sleep 1000"));
  leader_.reset();
  leader_ = std::make_unique<FakeLeader>(*loop_, socket_path(), 2);
  leader_->live_steps = {"other"};
  leader_->live_commands = {};
  run_until([this] {
    return leader_->has(ToLeader::kWorkerExited) && leader_->has(ToLeader::kCommandExited);
  });
  EXPECT_EQ(leader_->first(ToLeader::kCommandExited).command_exited().signal(), SIGTERM);
}

TEST_F(Agents, EndsEverythingWhenNoLeaderComesBack) {
  settings_.patience = milliseconds(300);
  start_agent();
  start_ready_worker(worker());
  const auto pid =
      static_cast<pid_t>(leader_->first(ToLeader::kWorkerStarting).worker_starting().pid());
  time_alone();
  EXPECT_EQ(agent_->ended_by(), AgentEnd::kLeaderLost);
  EXPECT_FALSE(is_alive(pid));
}

TEST_F(Agents, LeavesSoonWhenThereIsNothingToKeepForALeader) {
  settings_.idle_patience = milliseconds(200);
  start_agent();
  run_until_connected();
  EXPECT_LT(time_alone(), settings_.patience);
  EXPECT_EQ(agent_->ended_by(), AgentEnd::kLeaderLost);
}

TEST_F(Agents, WaitsForALeaderWithResultsThatAreNotAcknowledged) {
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

TEST_F(Agents, GoodbyeEndsEverything) {
  start_agent();
  start_ready_worker(worker(R"("0": "sleep")"));
  leader_->lease(0, 1);
  leader_->send(command("sleep 1000"));
  leader_->goodbye();
  const auto pid =
      static_cast<pid_t>(leader_->first(ToLeader::kWorkerStarting).worker_starting().pid());
  loop_->run();
  EXPECT_EQ(agent_->ended_by(), AgentEnd::kGoodbye);
  EXPECT_FALSE(is_alive(pid));
}

TEST_F(Agents, ADeadSpawnerEndsTheAgent) {
  start_agent();
  start_ready_worker(worker());
  const auto pid =
      static_cast<pid_t>(leader_->first(ToLeader::kWorkerStarting).worker_starting().pid());
  for (const ProcessEntry& process : list_processes()) {
    if (process.pid == pid) kill(process.parent, SIGKILL);
  }
  loop_->run();
  EXPECT_EQ(agent_->ended_by(), AgentEnd::kSpawnerLost);
  EXPECT_FALSE(is_alive(pid));
}

// ---- commands --------------------------------------------------------------------------------

TEST_F(Agents, RunsACommandIntoItsLog) {
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

TEST_F(Agents, EndsACommandWhoseTimeIsOver) {
  start_agent();
  run_until_connected();
  leader_->send(command("exec sleep 1000", milliseconds(100)));
  run_until_received(ToLeader::kCommandExited);
  const auto exited = leader_->first(ToLeader::kCommandExited).command_exited();
  EXPECT_TRUE(exited.timed_out());
  EXPECT_EQ(exited.signal(), SIGTERM);
}

TEST_F(Agents, KillsACommandOnDemand) {
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

TEST_F(Agents, NamesACommandThatCannotStart) {
  start_agent();
  run_until_connected();
  auto message = command("");
  message.mutable_start_command()->set_argv(0, "/no/such/shell");
  leader_->send(message);
  run_until_received(ToLeader::kCommandExited);
  EXPECT_THAT(leader_->first(ToLeader::kCommandExited).command_exited().start_error(),
              HasSubstr("/no/such/shell"));
}

TEST_F(Agents, ANewLeaderDoesNotRunAFinishedCommandAgain) {
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
