#include "agent/resource_monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/held_work.h"
#include "fakes/manual_loop.h"
#include "fakes/memory_files.h"

namespace batchmill::agent {
namespace {

using std::chrono::seconds;

class NoResources : public Resources {
 public:
  NodeReading node() override { return {}; }
  std::vector<DiskReading> disks(const std::string&) override { return {}; }
  std::optional<TreeReading> tree(int) override { return std::nullopt; }
  std::string process_list() override { return ""; }
};
class NoGpus : public Gpus {
 public:
  std::vector<GpuReading> read() override { return {}; }
};

class ResourceMonitorTest : public testing::Test {
 protected:
  void watch(Duration interval, const std::string& step = "score") {
    monitor_->watch(step, "/logs", interval);
  }
  // Lets the reading in progress end; true when there was one.
  bool finish_reading() {
    loop_.settle();
    if (work_.waiting() == 0) return false;
    work_.do_one();
    loop_.settle();
    return true;
  }

  fakes::ManualLoop loop_;
  fakes::MemoryFiles files_;
  NoResources resources_;
  NoGpus gpus_;
  fakes::HeldWork work_;
  std::unique_ptr<ResourceMonitor> monitor_ = std::make_unique<ResourceMonitor>(
      loop_, ResourceTools{files_, resources_, gpus_, work_}, NodeId{0},
      [](const std::string&) { return std::vector<ResourceLog::Worker>{}; });
};

TEST_F(ResourceMonitorTest, ReadsAtOnceAndThenInItsInterval) {
  watch(seconds(10));
  EXPECT_TRUE(finish_reading());
  loop_.advance(seconds(9));
  EXPECT_FALSE(finish_reading());
  loop_.advance(seconds(1));
  EXPECT_TRUE(finish_reading());
  EXPECT_TRUE(files_.exists("/logs/sys/perf/0/node_resource_usage.csv"));
}

TEST_F(ResourceMonitorTest, ASlowReadingIsNotDoubled) {
  watch(seconds(10));
  loop_.advance(seconds(35));
  EXPECT_EQ(work_.waiting(), 1u);
  EXPECT_TRUE(finish_reading());
  EXPECT_TRUE(finish_reading()) << "the next is due at once";
  EXPECT_FALSE(finish_reading());
}

TEST_F(ResourceMonitorTest, TheSameOrderChangesNothing) {
  watch(seconds(10));
  finish_reading();
  loop_.advance(seconds(5));
  watch(seconds(10));
  EXPECT_FALSE(finish_reading());
  watch(seconds(20));
  EXPECT_TRUE(finish_reading()) << "another interval begins anew";
}

TEST_F(ResourceMonitorTest, EndsOnZeroAndWithTheStep) {
  watch(seconds(10));
  watch(seconds(10), "other");
  finish_reading();
  finish_reading();
  watch(Duration::zero());
  monitor_->keep_only([](const std::string& step) { return step != "other"; });
  loop_.advance(seconds(100));
  EXPECT_FALSE(finish_reading());
}

TEST_F(ResourceMonitorTest, AReadingMayOutliveItsWatchAndTheMonitor) {
  watch(seconds(10));
  watch(Duration::zero());
  EXPECT_TRUE(finish_reading());
  loop_.advance(seconds(100));
  EXPECT_FALSE(finish_reading());
  watch(seconds(10));
  monitor_.reset();
  EXPECT_TRUE(finish_reading());
  loop_.advance(seconds(100));
  EXPECT_FALSE(finish_reading());
}

}  // namespace
}  // namespace batchmill::agent
