#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/agent_rig.h"
#include "base/hash.h"

// What a worker is given, does and gives back.
namespace batchmill::agent {
namespace {

using protocol::ToLeader;
using testing::ElementsAre;
using testing::SizeIs;

using AgentLeases = AgentRig;

TEST_F(AgentLeases, RunsMiniBatchesAndReportsTheirRows) {
  start_agent();
  start_ready_worker(worker());
  EXPECT_GT(pid_of(), 0);
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

TEST_F(AgentLeases, NumbersItsMessagesWithoutAGap) {
  start_agent();
  start_ready_worker(worker());
  leader_->lease(0, 20);
  run_until([this] { return leader_->results().size() == 20; });
  std::uint64_t expected = 1;
  for (const auto& message : leader_->received) EXPECT_EQ(message.sequence(), expected++);
}

TEST_F(AgentLeases, TakesBackTheNewestThatHaveNotStarted) {
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

TEST_F(AgentLeases, ReturnsALeaseForAWorkerThatIsGone) {
  start_agent();
  run_until_connected();
  leader_->lease(4, 2);
  run_until_received(ToLeader::kLeasesReturned);
  EXPECT_THAT(leader_->returned(), ElementsAre(4, 5));
}

template <typename Message>
ItemRange part_of(const Message& message) {
  return {message.part_first(), message.part_count()};
}

TEST_F(AgentLeases, RunsPartsOfAMiniBatchAndNamesThemInTheirResults) {
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

TEST_F(AgentLeases, GivesPartsBackAsTheyWereLeased) {
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

TEST_F(AgentLeases, TellsANewLeaderWhichPartsAWorkerHolds) {
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

}  // namespace
}  // namespace batchmill::agent
