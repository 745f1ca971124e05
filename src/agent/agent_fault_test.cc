#include <csignal>
#include <map>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/agent_rig.h"
#include "base/hash.h"

// Kills and lost connections at random moments: whatever happens, every lease ends once (I-2), and
// what was finished is kept (I-1).
namespace batchmill::agent {
namespace {

using protocol::ToLeader;
using testing::Le;
using testing::SizeIs;

class AgentFaults : public AgentRig, public testing::WithParamInterface<unsigned> {
 protected:
  Duration up_to(Duration longest) {
    return Duration(static_cast<std::int64_t>(random_() % static_cast<unsigned>(longest.count())));
  }
  void expect_rows_of(const protocol::AttemptResult& result, const std::string& spool) {
    const std::string row = spool.substr(result.offset(), result.length());
    EXPECT_EQ(row, "mb " + std::to_string(result.mini_batch()) + "\n");
    EXPECT_EQ(result.crc(), crc32(row));
  }
  void expect_each_ended_once(std::uint32_t count) {
    const auto finished = leader_->finished();
    const auto returned = leader_->returned();
    EXPECT_EQ(finished.size() + returned.size(), count);
    for (const std::uint64_t id : finished) EXPECT_FALSE(returned.contains(id)) << id;
  }

  std::mt19937 random_{GetParam()};
};

class WorkerKills : public AgentFaults {};

TEST_P(WorkerKills, LoseNothing) {
  constexpr std::uint32_t kCount = 400;
  start_agent();
  start_ready_worker(worker());
  for (std::uint32_t i = 0; i < kCount; i += 50) leader_->lease(i, 50);
  run_for(up_to(std::chrono::milliseconds(25)));
  kill(pid_of(), SIGKILL);
  run_until_received(ToLeader::kWorkerExited);
  const std::string spool = read("spool/0");
  std::uint32_t crashed = 0;
  for (const auto& result : leader_->results()) {
    if (result.status() == code(AttemptStatus::kProcessCrashed)) {
      ++crashed;
    } else {
      expect_rows_of(result, spool);
    }
  }
  EXPECT_THAT(crashed, Le(1u));
  expect_each_ended_once(kCount);
}

INSTANTIATE_TEST_SUITE_P(Seeds, WorkerKills, testing::Range(0u, 15u));

// A streaming worker has many attempts at once, and results come in any order.
class StreamingKills : public AgentFaults {};

TEST_P(StreamingKills, LoseNothing) {
  constexpr std::uint32_t kCount = 400;
  std::string runs;
  for (std::uint32_t i = 0; i < kCount; ++i) {
    const bool is_late = random_() % 2 == 0;
    const bool ends_them = !is_late && random_() % 5 == 0;
    runs += (i == 0 ? "" : ",") + ("\"" + std::to_string(i) + "\": \"") +
            (is_late     ? "later"
             : ends_them ? "all"
                         : "") +
            "\"";
  }
  start_agent();
  auto start = worker(runs);
  start.set_concurrent(true);
  start_ready_worker(start);
  for (std::uint32_t i = 0; i < kCount; i += 50) leader_->lease(i, 50);
  run_for(up_to(std::chrono::milliseconds(25)));
  leader_->revoke(static_cast<std::uint32_t>(random_() % 100));
  run_for(up_to(std::chrono::milliseconds(5)));
  kill(pid_of(), SIGKILL);
  run_until_received(ToLeader::kWorkerExited);
  const std::string spool = read("spool/0");
  for (const auto& result : leader_->results()) {
    if (result.status() == code(AttemptStatus::kRunDone)) {
      expect_rows_of(result, spool);
    }
  }
  expect_each_ended_once(kCount);
}

INSTANTIATE_TEST_SUITE_P(Seeds, StreamingKills, testing::Range(0u, 15u));

class LeaderChanges : public AgentFaults {};

TEST_P(LeaderChanges, LoseNothing) {
  constexpr std::uint32_t kCount = 600;
  start_agent();
  start_ready_worker(worker());
  std::map<std::uint64_t, std::string> told;  // by sequence, over all leaders
  const auto write_down = [&] {
    for (const auto& message : leader_->received) {
      const auto [entry, is_new] = told.emplace(message.sequence(), message.SerializeAsString());
      EXPECT_EQ(entry->second, message.SerializeAsString()) << message.sequence();
    }
  };
  std::uint32_t leased = 0;
  for (std::uint32_t epoch = 1; epoch <= 4; ++epoch) {
    run_until_connected();
    for (; leased < epoch * kCount / 4; leased += 30) leader_->lease(leased, 30);
    run_for(up_to(std::chrono::milliseconds(20)));
    write_down();
    // A leader acknowledges only what it has made durable.
    if (random_() % 2 == 0 && !leader_->received.empty()) {
      const auto& last = leader_->received[random_() % leader_->received.size()];
      leader_->acknowledge(last.sequence());
      run_for(up_to(std::chrono::milliseconds(3)));
      write_down();
    }
    if (epoch < 4) replace_leader(epoch + 1);
  }
  const auto finished = [&] {
    write_down();
    std::set<std::uint64_t> ids;
    for (const auto& [sequence, bytes] : told) {
      ToLeader message;
      message.ParseFromString(bytes);
      for (const auto& result : message.results().attempts()) {
        EXPECT_TRUE(ids.insert(result.mini_batch()).second) << "twice: " << result.mini_batch();
      }
    }
    return ids;
  };
  run_until([&] { return finished().size() >= leased; });
  EXPECT_THAT(finished(), SizeIs(leased));
  EXPECT_EQ(told.size(), told.rbegin()->first) << "a number is missing";
}

INSTANTIATE_TEST_SUITE_P(Seeds, LeaderChanges, testing::Range(0u, 10u));

}  // namespace
}  // namespace batchmill::agent
