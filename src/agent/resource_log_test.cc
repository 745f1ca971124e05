#include "agent/resource_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "fakes/memory_files.h"

namespace batchmill::agent {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::int64_t kHour = std::int64_t{3600} * 1'000'000;
constexpr WallTime kNow{1'768'209'220'000'000};  // 2026-01-12T09:13:40

class FakeResources : public Resources {
 public:
  NodeReading node() override {
    reading.cpu_total += 100;
    reading.cpu_busy += 40;
    return reading;
  }
  std::vector<DiskReading> disks(const std::string& folder) override {
    asked_for = folder;
    return {{"/dev/sda1", "/", "ext4", 4, 2, 2}};
  }
  std::optional<TreeReading> tree(int pid) override {
    if (pid == kGone) return std::nullopt;
    cpu += seconds(1);
    return TreeReading{cpu, seconds(100), 0, 1, 0, 0, 0};
  }
  std::string process_list() override {
    ++lists;
    return has_ps ? "PID ARGS\n1 init\n" : "";
  }

  static constexpr int kGone = 404;
  NodeReading reading;
  Duration cpu{};
  std::string asked_for;
  int lists = 0;
  bool has_ps = true;
};

class NoGpus : public Gpus {
 public:
  std::vector<GpuReading> read() override { return {}; }
};

class Spec7_4ResourceLog : public testing::Test {
 protected:
  std::string content(const std::string& name) {
    return files_.content("/perf/" + name).value_or("");
  }
  std::vector<std::string> lines(const std::string& name) {
    std::vector<std::string> all;
    const std::string text = content(name);
    for (const auto line : split(trim(text), '\n')) all.emplace_back(line);
    return all;
  }

  fakes::MemoryFiles files_;
  FakeResources resources_;
  NoGpus gpus_;
  ResourceLog log_{files_, resources_, gpus_, "/perf", {}};
};

TEST_F(Spec7_4ResourceLog, BeginsEachTableWithItsHeader) {
  log_.add(kNow, TimePoint{}, {{0, 10}});
  log_.add(kNow, TimePoint{}, {{0, 10}});
  for (const char* table :
       {"node_resource_usage.csv", "node_disk_usage.csv", "processes_resource_usage.csv"}) {
    const auto rows = lines(table);
    ASSERT_THAT(rows, SizeIs(3)) << table;
    EXPECT_TRUE(rows[0].starts_with("Utc Time,")) << table;
    EXPECT_TRUE(rows[2].starts_with("2026-01-12T09:13:40.000000+00:00,")) << rows[2];
  }
  EXPECT_EQ(resources_.asked_for, "/perf") << "the disk that the logs are on";
  EXPECT_FALSE(files_.exists("/perf/gpu_usage.csv")) << "there are none";
}

TEST_F(Spec7_4ResourceLog, AnotherLifeOfTheAgentGoesOnInTheSameFiles) {
  log_.add(kNow, TimePoint{}, {});
  ResourceLog(files_, resources_, gpus_, "/perf", {}).add(kNow, TimePoint{}, {});
  EXPECT_THAT(lines("node_resource_usage.csv"), SizeIs(3));
}

TEST_F(Spec7_4ResourceLog, LeavesOutWorkersThatAreGone) {
  log_.add(kNow, TimePoint{}, {{0, FakeResources::kGone}, {1, 11}});
  const auto rows = lines("processes_resource_usage.csv");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_THAT(rows[1], HasSubstr(",process001,11,"));
}

TEST_F(Spec7_4ResourceLog, MeasuresAWorkerFromRowToRow) {
  log_.add(kNow, TimePoint{}, {{0, 10}});
  log_.add(kNow, TimePoint{} + seconds(2), {{0, 10}});
  log_.add(kNow, TimePoint{} + seconds(4), {{5, 10}});  // its number went to another process
  const auto rows = lines("processes_resource_usage.csv");
  EXPECT_THAT(rows[1], HasSubstr(",10,1.0,"));
  EXPECT_THAT(rows[2], HasSubstr(",10,50.0,"));
  EXPECT_THAT(rows[3], HasSubstr("process005,10,3.0,"));
}

TEST_F(Spec7_4ResourceLog, ListsProcessesOnceAMinute) {
  log_.add(kNow, TimePoint{}, {});
  log_.add({kNow.micros + 1'000'000}, TimePoint{}, {});
  EXPECT_EQ(resources_.lists, 1);
  log_.add({kNow.micros + 20'000'000}, TimePoint{}, {});
  EXPECT_EQ(content("os/2026011209/processes_13"), "PID ARGS\n1 init\n");
  EXPECT_TRUE(files_.exists("/perf/os/2026011209/processes_14"));
}

TEST_F(Spec7_4ResourceLog, HasNoListsWherePsIsMissing) {
  resources_.has_ps = false;
  log_.add(kNow, TimePoint{}, {});
  EXPECT_FALSE(files_.exists("/perf/os"));
}

TEST_F(Spec7_4ResourceLog, KeepsTheNewestDayOfLists) {
  for (std::int64_t hour = 0; hour < 30; ++hour) {
    log_.add({kNow.micros + hour * kHour}, TimePoint{}, {});
  }
  const auto folders = files_.list("/perf/os");
  ASSERT_TRUE(folders);
  EXPECT_THAT(*folders, SizeIs(ResourceLog::kMostListFolders));
  EXPECT_FALSE(files_.exists("/perf/os/2026011214"));
  EXPECT_TRUE(files_.exists("/perf/os/2026011215"));
}

TEST_F(Spec7_4ResourceLog, ATableThatIsTooLongBeginsAnew) {
  files_.put("/perf/node_resource_usage.1.csv", "oldest");
  files_.put("/perf/node_resource_usage.csv", std::string(ResourceLog::kMostTableBytes + 1, 'x'));
  log_.add(kNow, TimePoint{}, {});
  EXPECT_THAT(lines("node_resource_usage.csv"), SizeIs(2));
  EXPECT_EQ(content("node_resource_usage.1.csv").size(), ResourceLog::kMostTableBytes + 1);
}

TEST_F(Spec7_4ResourceLog, AFullDiskHarmsNothing) {
  files_.fill_disk();
  log_.add(kNow, TimePoint{}, {{0, 10}});
  EXPECT_FALSE(files_.exists("/perf/node_resource_usage.csv"));
}

}  // namespace
}  // namespace batchmill::agent
