#include "agent/resource_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace batchmill::agent {
namespace {

using std::chrono::seconds;

constexpr WallTime kNow{1'768'209'220'123'456};
constexpr std::uint64_t kMiB = 1 << 20;

std::string columns(const std::string& header) { return std::string(trim(header)); }

TEST(Spec7_4NodeUsage, HasExactlyTheColumnsOfTheOriginal) {
  EXPECT_EQ(columns(node_usage_header()),
            "Utc Time,Cpu Percent,Memory Total (MB),Memory Available (MB),Memory Used (MB),"
            "Memory Used Percent,Disk Io Read Count,Disk Io Write Count,Disk Io Read (MB),"
            "Disk Io Write (MB),Network Sent (MB),Network Recv (MB),# of TCP Connections,"
            "# of UDP Connections");
}

TEST(Spec7_4NodeUsage, TellsTheShareOfTheProcessorSinceTheRowBefore) {
  NodeReading before;
  before.cpu_busy = 1000;
  before.cpu_total = 8000;
  NodeReading reading;
  reading.cpu_busy = 1250;
  reading.cpu_total = 9000;
  reading.memory_total = 1000 * kMiB;
  reading.memory_available = 750 * kMiB;
  reading.disk_reads = 5;
  reading.disk_writes = 6;
  reading.disk_read = 3 * kMiB / 2;
  reading.disk_written = 2 * kMiB;
  reading.network_sent = 3 * kMiB;
  reading.network_received = 4 * kMiB;
  reading.tcp_connections = 7;
  reading.udp_connections = 8;
  EXPECT_EQ(node_usage_row(kNow, reading, before),
            "2026-01-12T09:13:40.123456+00:00,25.0,1000.00,750.00,250.00,25.0,5,6,1.50,2.00,3.00,"
            "4.00,7,8\n");
}

TEST(Spec7_4NodeUsage, SurvivesNoTimeAndCountersThatRunBackwards) {
  NodeReading reading;
  reading.cpu_busy = reading.cpu_total = 10;
  NodeReading later = reading;
  later.cpu_busy = 11;
  EXPECT_THAT(node_usage_row(kNow, reading, reading), testing::HasSubstr("+00:00,0.0,"));
  EXPECT_THAT(node_usage_row(kNow, reading, later), testing::HasSubstr("+00:00,0.0,"));
}

TEST(Spec7_4DiskUsage, HasARowPerDisk) {
  EXPECT_EQ(disk_usage_rows(kNow, {{"/dev/sda1", "/", "ext4", 100 * kMiB, 60 * kMiB, 20 * kMiB},
                                   {"srv:/x", "/mnt/a,b", "nfs4", 8 * kMiB, 0, 8 * kMiB}}),
            "2026-01-12T09:13:40.123456+00:00,/dev/sda1,/,ext4,100.00,60.00,20.00,75.0\n"
            "2026-01-12T09:13:40.123456+00:00,srv:/x,\"/mnt/a,b\",nfs4,8.00,0.00,8.00,0.0\n");
  EXPECT_EQ(split(disk_usage_header(), ',').size(), 8u);
}

TEST(Spec7_4GpuUsage, SaysWhereTheDriverIsSilent) {
  EXPECT_EQ(gpu_usage_rows(kNow, {{0, 35u, 1024u, 16160u}, {1, std::nullopt, 0u, 16160u}}),
            "2026-01-12T09:13:40.123456+00:00,0,35,1024,16160\n"
            "2026-01-12T09:13:40.123456+00:00,1,N/A,0,16160\n");
  EXPECT_EQ(gpu_usage_rows(kNow, {}), "");
}

TEST(Spec7_4ProcessUsage, TellsTheShareSinceTheStartThenSinceTheRowBefore) {
  ProcessReading first{
      4, 77, TimePoint(seconds(100)), {seconds(3), seconds(6), 10 * kMiB, 2, kMiB, 0, 1}};
  EXPECT_EQ(process_usage_row(kNow, first, std::nullopt),
            "2026-01-12T09:13:40.123456+00:00,process004,77,50.0,10.00,2,1.00,0.00,1\n");
  ProcessReading second = first;
  second.at += seconds(10);
  second.tree.cpu += seconds(20);
  EXPECT_THAT(process_usage_row(kNow, second, first), testing::HasSubstr(",77,200.0,"));
  second.tree.cpu = seconds(1);
  EXPECT_THAT(process_usage_row(kNow, second, first), testing::HasSubstr(",77,0.0,"));
}

}  // namespace
}  // namespace batchmill::agent
