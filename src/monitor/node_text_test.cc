#include "monitor/node_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Captured on Linux 6.1; shortened.
namespace batchmill::monitor {
namespace {

using testing::ElementsAre;

template <typename Read>
NodeReading reading_of(Read read, std::string_view text) {
  NodeReading reading;
  read(text, reading);
  return reading;
}

TEST(Spec7_4NodeText, CountsTimeInWhichCoresWereBusy) {
  const auto reading = reading_of(read_cpu,
                                  "cpu  1000 200 300 5000 400 10 20 30 500 0\n"
                                  "cpu0 500 100 150 2500 200 5 10 15 250 0\n");
  EXPECT_EQ(reading.cpu_total, 6960u);
  EXPECT_EQ(reading.cpu_busy, 1560u) << "waiting for a disk is idle";
}

TEST(Spec7_4NodeText, ReadsMemory) {
  const auto reading = reading_of(
      read_memory, "MemTotal:       24684084 kB\nMemFree:  5 kB\nMemAvailable:   23436208 kB\n");
  EXPECT_EQ(reading.memory_total, 24'684'084ull * 1024);
  EXPECT_EQ(reading.memory_available, 23'436'208ull * 1024);
}

TEST(Spec7_4NodeText, CountsEachDiskOnce) {
  const auto reading = reading_of(read_disks,
                                  "   7       0 loop0 9 0 900 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
                                  "   8       0 sda 100 5 2000 60 50 7 4000 80 0 90 140\n"
                                  "   8       1 sda1 90 5 1900 60 50 7 4000 80 0 90 140\n"
                                  " 259       0 nvme0n1 10 0 20 1 3 0 40 1 0 2 2\n"
                                  " 259       1 nvme0n1p1 10 0 20 1 3 0 40 1 0 2 2\n"
                                  " 253       0 dm-0 90 0 1900 70 57 0 4000 90 0 90 160\n");
  EXPECT_EQ(reading.disk_reads, 110u);
  EXPECT_EQ(reading.disk_writes, 53u);
  EXPECT_EQ(reading.disk_read, 2020u * 512);
  EXPECT_EQ(reading.disk_written, 4040u * 512);
}

TEST(Spec7_4NodeText, LeavesLoopbackOut) {
  const auto reading =
      reading_of(read_network,
                 "Inter-|   Receive                                                |  Transmit\n"
                 " face |bytes    packets errs drop fifo frame compressed multicast|bytes    "
                 "packets errs drop "
                 "fifo colls carrier compressed\n"
                 "    lo: 129753818  179693    0    0    0     0          0         0 129753818  "
                 "179693    0    "
                 "0    0     0       0          0\n"
                 "  eth0:12345 10 0 0 0 0 0 0 678 9 0 0 0 0 0 0\n"
                 "  eth1:     5 1 0 0 0 0 0 0 2 1 0 0 0 0 0 0\n");
  EXPECT_EQ(reading.network_received, 12350u);
  EXPECT_EQ(reading.network_sent, 680u);
}

TEST(Spec7_4NodeText, CountsConnectionsOfBothProtocolVersions) {
  NodeReading reading;
  read_connections(
      "sockets: used 16\nTCP: inuse 12 orphan 0 tw 3 alloc 14 mem 84\nUDP: inuse 4 mem 0\n"
      "UDPLITE: inuse 9\n",
      reading);
  read_connections("TCP6: inuse 2\nUDP6: inuse 1\nRAW6: inuse 1\n", reading);
  EXPECT_EQ(reading.tcp_connections, 14u);
  EXPECT_EQ(reading.udp_connections, 5u);
}

TEST(Spec7_4NodeText, IsNothingWhereTheFilesAreMissing) {
  for (const auto read : {read_cpu, read_memory, read_disks, read_network, read_connections}) {
    const auto reading = reading_of(read, "");
    EXPECT_EQ(reading.cpu_total + reading.memory_total + reading.disk_reads, 0u);
  }
}

constexpr const char* kMounts = R"(proc /proc proc rw,relatime 0 0
overlay / overlay rw,relatime,lowerdir=/a 0 0
devtmpfs /dev devtmpfs rw 0 0
/dev/sda2 /home ext4 rw 0 0
/dev/sda2 /var/lib/docker ext4 rw 0 0
/dev/loop3 /snap/core squashfs ro 0 0
/dev/sdb1 /mnt/my\040disk xfs rw 0 0
server:/export /scratch nfs4 rw 0 0
server:/other /scratch2 nfs4 rw 0 0
)";

TEST(Spec7_4Disks, AreTheLocalOnesTheRootAndThatOfTheJob) {
  const auto points = [](std::string_view folder) {
    std::vector<std::string> names;
    for (const Mount& mount : disks_to_show(parse_mounts(kMounts), folder)) {
      names.push_back(mount.mount_point);
    }
    return names;
  };
  EXPECT_THAT(points("/home/me/job"), ElementsAre("/", "/home", "/mnt/my disk"));
  EXPECT_THAT(points("/scratch/job"), ElementsAre("/", "/home", "/mnt/my disk", "/scratch"))
      << "a network file system only where the job itself depends on it";
  EXPECT_THAT(points("/scratch2"), ElementsAre("/", "/home", "/mnt/my disk", "/scratch2"));
}

TEST(Spec7_4Disks, NamesAreUnescaped) {
  EXPECT_THAT(parse_mounts("/dev/a\\134b /x\\040y ext4 rw 0 0\nshort line\n"),
              ElementsAre(Mount{"/dev/a\\b", "/x y", "ext4"}));
}

}  // namespace
}  // namespace batchmill::monitor
