#include <fstream>
#include <random>

#include <gtest/gtest-spi.h>

#include "db/recording_vfs.h"
#include "db/sample_attempts.h"
#include "db/sqlite_ledger.h"
#include "db/temporary_folder.h"

// What a ledger is worth is what survives: a step is written to a disk that records every change,
// and for each point at which the machine could have stopped, the ledger that would be found then
// is opened and read.
namespace batchmill::db {
namespace {

constexpr std::array kGroupSizes = {1, 300, 2, 1, 70, 5, 1, 40};

std::vector<CommitGroup> sample_groups() {
  std::vector<CommitGroup> groups;
  std::uint64_t next = 0;
  for (const int size : kGroupSizes) {
    CommitGroup group;
    for (int i = 0; i < size; ++i, ++next) {
      group.attempts.push_back(next % 7 == 3 ? sample_failure(next, 1, true)
                                             : sample_success(next));
    }
    group.lease_high_water = MiniBatchId{next + 10};
    groups.push_back(std::move(group));
  }
  return groups;
}

// How many whole groups the ledger at `path` holds; fails the test if it holds anything else.
std::size_t groups_found(const std::string& path, const std::vector<CommitGroup>& groups) {
  RecordingVfs disk;  // only because its syncs cost nothing
  auto opened = SqliteLedgers(DiskKind::kLocal, disk.name()).open(path, false);
  if (!opened) {
    ADD_FAILURE() << opened.error().message;
    return 0;
  }
  const auto found = read_all(**opened);
  const MiniBatchId high_water = (*opened)->lease_high_water().value();
  std::size_t at = 0;
  std::size_t whole = 0;
  MiniBatchId expected_high_water;
  for (const CommitGroup& group : groups) {
    if (at == found.size()) break;
    for (const AttemptRecord& attempt : group.attempts) {
      if (at >= found.size()) {
        ADD_FAILURE() << "group " << whole << " is there in part";
        return whole;
      }
      EXPECT_EQ(in_words(found[at++]), in_words(attempt));
    }
    ++whole;
    expected_high_water = group.lease_high_water;
  }
  EXPECT_EQ(at, found.size());
  EXPECT_EQ(high_water, expected_high_water);
  return whole;
}

// A recorded life: the groups in order, with a restart of the leader in the middle (which moves the
// log into the database).
class Recording {
 public:
  explicit Recording(DiskKind kind) : kind_(kind) {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (i % 5 == 0) open();
      EXPECT_TRUE(ledger_->commit(groups[i]));
      acknowledged.push_back(disk.changes().size());
    }
    ledger_.reset();
  }
  std::size_t acknowledged_after(std::size_t changes) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        acknowledged, [&](std::size_t position) { return position <= changes; }));
  }

  TemporaryFolder folder;
  std::string path = folder / "ledger.db";
  RecordingVfs disk;
  std::vector<CommitGroup> groups = sample_groups();
  std::vector<std::size_t> acknowledged;  // number of changes when group i was reported durable

 private:
  void open() {
    ledger_.reset();
    auto opened = SqliteLedgers(kind_, disk.name()).open(path, false);
    ASSERT_TRUE(opened) << opened.error().message;
    ledger_ = std::move(*opened);
    EXPECT_TRUE(ledger_->put_fact("life", "begun"));
  }
  DiskKind kind_;
  std::unique_ptr<Ledger> ledger_;
};

// The same for a ledger of which only `image` is left; `path` was its path then.
std::size_t groups_found_in(const DiskImage& image, const std::string& path,
                            const std::vector<CommitGroup>& groups) {
  TemporaryFolder folder;
  for (const auto& [name, content] : image) {
    if (content.empty() && name != path) continue;
    std::ofstream(folder / ("ledger.db" + name.substr(path.size())), std::ios::binary) << content;
  }
  return groups_found(folder / "ledger.db", groups);
}

void expect_survival(const Recording& recording, std::size_t changes, const DiskImage& image) {
  const std::size_t found = groups_found_in(image, recording.path, recording.groups);
  const std::size_t promised = recording.acknowledged_after(changes);
  EXPECT_GE(found, promised) << "lost what was reported durable";
  EXPECT_LE(found, promised + 1) << "holds what was not yet tried";
}

class Crash : public testing::TestWithParam<DiskKind> {};

INSTANTIATE_TEST_SUITE_P(LedgerFaults, Crash,
                         testing::Values(DiskKind::kLocal, DiskKind::kNetwork));

TEST_P(Crash, OfAProcessLeavesWholeGroupsAndAllThatWereAcknowledged) {
  const Recording recording(GetParam());
  DiskImage image;
  const auto& changes = recording.disk.changes();
  for (std::size_t i = 0; i < changes.size(); ++i) {
    SCOPED_TRACE("killed after change " + std::to_string(i));
    apply(changes[i], image);
    expect_survival(recording, i + 1, image);
    if (testing::Test::HasFailure()) return;
  }
}

TEST_P(Crash, OfAMachineKeepsAllThatWereAcknowledged) {
  const Recording recording(GetParam());
  const std::size_t count = recording.disk.changes().size();
  for (std::size_t changes = 1; changes <= count; ++changes) {
    for (std::uint32_t seed = 0; seed < 3; ++seed) {
      SCOPED_TRACE("power lost after change " + std::to_string(changes) + ", seed " +
                   std::to_string(seed));
      std::mt19937 random(seed * 1'000'003 + static_cast<std::uint32_t>(changes));
      // Seed 0: nothing that was not synced survives; else each change by the toss of a coin.
      const auto survives = [&] { return seed != 0 && random() % 2 == 0; };
      expect_survival(recording, changes,
                      image_after_power_loss(recording.disk.changes(), changes, survives));
      if (testing::Test::HasFailure()) return;
    }
  }
}

struct Fault {
  DiskKind disk;
  int code;
  bool for_good;
  ErrorKind expected;
};

class FailingDisk : public testing::TestWithParam<Fault> {};

INSTANTIATE_TEST_SUITE_P(
    LedgerFaults, FailingDisk,
    testing::Values(Fault{DiskKind::kLocal, SQLITE_FULL, false, ErrorKind::kDiskFull},
                    Fault{DiskKind::kLocal, SQLITE_FULL, true, ErrorKind::kDiskFull},
                    Fault{DiskKind::kLocal, SQLITE_IOERR_WRITE, false, ErrorKind::kIo},
                    Fault{DiskKind::kLocal, SQLITE_IOERR_FSYNC, true, ErrorKind::kIo},
                    Fault{DiskKind::kNetwork, SQLITE_FULL, false, ErrorKind::kDiskFull},
                    Fault{DiskKind::kNetwork, SQLITE_IOERR_FSYNC, true, ErrorKind::kIo}));

// One change after the other fails. A refused commit is final for the ledger that refused it; the
// next life finds what was acknowledged and goes on.
TEST_P(FailingDisk, KeepsWhatWasAcknowledged) {
  const Fault fault = GetParam();
  const auto groups = sample_groups();
  bool reached_the_end = false;
  for (std::size_t number = 0; !reached_the_end; ++number) {
    SCOPED_TRACE("change " + std::to_string(number) + " fails");
    TemporaryFolder folder;
    const std::string path = folder / "ledger.db";
    std::size_t acknowledged = 0;
    RecordingVfs disk;
    {
      auto ledger = SqliteLedgers(fault.disk, disk.name()).open(path, false).value();
      disk.fail_at(disk.changes().size() + number, fault.code, fault.for_good);
      Result<void> committed;
      while (acknowledged < groups.size() && (committed = ledger->commit(groups[acknowledged]))) {
        ++acknowledged;
      }
      reached_the_end = !disk.has_failed();
      if (!committed) {
        EXPECT_TRUE(disk.has_failed());
        EXPECT_EQ(committed.error().kind, fault.expected) << committed.error().message;
        EXPECT_THAT(committed.error().message, testing::StartsWith(path));
        EXPECT_EQ(ledger->commit(groups.back()).error().message, committed.error().message);
      }
      disk.heal();
    }
    const std::size_t found = groups_found(path, groups);
    EXPECT_GE(found, acknowledged);
    // While the disk goes on failing nothing can be taken back. A rollback journal has no way back
    // either once it was emptied; a write-ahead log loses a refused group without a trace.
    const bool may_revive = fault.for_good || fault.disk == DiskKind::kNetwork;
    EXPECT_LE(found, acknowledged + (may_revive ? 1U : 0U));
    {
      auto ledger = SqliteLedgers(fault.disk, disk.name()).open(path, false).value();
      for (std::size_t i = found; i < groups.size(); ++i) EXPECT_TRUE(ledger->commit(groups[i]));
    }
    EXPECT_EQ(groups_found(path, groups), groups.size());
    if (testing::Test::HasFailure()) return;
  }
}

// The same, but the leader is killed at the failed commit: what the next one opens is what the
// changes so far left behind.
TEST_P(FailingDisk, AndAKilledLeaderKeepWhatWasAcknowledged) {
  const Fault fault = GetParam();
  const auto groups = sample_groups();
  bool reached_the_end = false;
  for (std::size_t number = 0; !reached_the_end; ++number) {
    SCOPED_TRACE("change " + std::to_string(number) + " fails");
    TemporaryFolder folder;
    const std::string path = folder / "ledger.db";
    RecordingVfs disk;
    std::size_t acknowledged = 0;
    auto ledger = SqliteLedgers(fault.disk, disk.name()).open(path, false).value();
    disk.fail_at(disk.changes().size() + number, fault.code, fault.for_good);
    while (acknowledged < groups.size() && ledger->commit(groups[acknowledged])) ++acknowledged;
    reached_the_end = !disk.has_failed();
    DiskImage image;
    for (const DiskChange& change : disk.changes()) apply(change, image);
    const std::size_t found = groups_found_in(image, path, groups);
    EXPECT_GE(found, acknowledged);
    EXPECT_LE(found, acknowledged + 1);
    if (testing::Test::HasFailure()) return;
  }
}

// The check itself: a ledger that never syncs must not pass it.
TEST_P(Crash, TheCheckFindsALedgerThatDoesNotSync) {
  const Recording recording(GetParam());
  std::vector<DiskChange> lazy;
  for (const DiskChange& change : recording.disk.changes()) {
    if (change.kind != DiskChange::kSync) lazy.push_back(change);
  }
  const DiskImage image = image_after_power_loss(lazy, lazy.size(), [] { return false; });
  EXPECT_NONFATAL_FAILURE(expect_survival(recording, recording.disk.changes().size(), image),
                          "lost what was reported durable");
}

}  // namespace
}  // namespace batchmill::db
