#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/agent_rig.h"

// The resource monitor, with real readings.
namespace batchmill::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

class Spec7_4ResourceMonitor : public AgentRig {
 protected:
  std::size_t lines_of(const std::string& table) const {
    const std::string content = read("logs/sys/perf/7/" + table);
    return static_cast<std::size_t>(std::count(content.begin(), content.end(), '\n'));
  }
  void run_until_lines(const std::string& table, std::size_t lines) {
    run_until([&] { return lines_of(table) >= lines; });
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
  replace_leader(2);
  leader_->live_steps.clear();
  run_until_connected();
  run_for(milliseconds(300));
  const std::size_t lines = lines_of(kNode);
  run_for(milliseconds(300));
  EXPECT_EQ(lines_of(kNode), lines);
}

}  // namespace
}  // namespace batchmill::agent
