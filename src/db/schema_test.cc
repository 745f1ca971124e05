#include "db/schema.h"

#include <array>

#include "db/network_file_system.h"
#include "db/temporary_folder.h"

namespace batchmill::db {
namespace {

constexpr std::array kOne = {"CREATE TABLE a (x)"};
constexpr std::array kTwo = {"CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN y DEFAULT 7"};
constexpr std::array kBroken = {"CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN y; NONSENSE"};
const SchemaKind kOld = {"notebook", 77, kOne};
const SchemaKind kNew = {"notebook", 77, kTwo};
const SchemaKind kWrong = {"notebook", 77, kBroken};
const SchemaKind kOther = {"cookbook", 78, kOne};

class SchemaTest : public testing::Test {
 protected:
  Result<Database> open(const SchemaKind& kind, Access access = Access::kReadWrite) {
    BM_ASSIGN(Database database, Database::open(path_, {.access = access}));
    BM_TRY(ensure_schema(database, kind, access));
    return database;
  }
  TemporaryFolder folder_;
  std::string path_ = folder_ / "x.db";
};

TEST_F(SchemaTest, MigratesForwardAndKeepsRows) {
  {
    auto old = open(kOld);
    ASSERT_TRUE(old) << old.error().message;
    ASSERT_TRUE(old->execute("INSERT INTO a VALUES (1)"));
  }
  auto now = open(kNew);
  ASSERT_TRUE(now) << now.error().message;
  EXPECT_EQ(now->query_integer("SELECT x + y FROM a").value(), 8);
  EXPECT_EQ(now->query_integer("PRAGMA user_version").value(), 2);
}

TEST_F(SchemaTest, AnOlderProgramRefusesAndChangesNothing) {
  ASSERT_TRUE(open(kNew));
  const auto refused = open(kOld);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(refused.error().message,
            path_ +
                ": written by a newer Batchmill (notebook version 2, this program knows up to "
                "1); use that one, nothing was changed");
  EXPECT_TRUE(open(kNew));
}

TEST_F(SchemaTest, AReaderDoesNotMigrate) {
  ASSERT_TRUE(open(kOld));
  const auto refused = open(kNew, Access::kReadOnly);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(open(kOld, Access::kReadOnly)->query_integer("SELECT count(*) FROM a").value(), 0);
}

TEST_F(SchemaTest, AReaderTakesAnOlderFileThatItsKindCallsReadable) {
  ASSERT_TRUE(open(kOld));
  auto reader = Database::open(path_, {.access = Access::kReadOnly}).value();
  EXPECT_EQ(ensure_schema(reader, {"notebook", 77, kTwo, 1}, Access::kReadOnly).value(), 1);
  EXPECT_FALSE(ensure_schema(reader, {"notebook", 77, kTwo, 2}, Access::kReadOnly));
  EXPECT_EQ(ensure_schema(reader, {"notebook", 77, kOne, 1}, Access::kReadOnly).value(), 1);
}

TEST_F(SchemaTest, AFileOfAnotherKindIsNamed) {
  ASSERT_TRUE(open(kOther));
  const auto refused = open(kNew);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kProtocol);
  EXPECT_EQ(refused.error().message, path_ + ": this is no notebook of Batchmill");
}

TEST_F(SchemaTest, AMigrationThatFailsLeavesTheOldVersionWhole) {
  ASSERT_TRUE(open(kOld));
  ASSERT_FALSE(open(kWrong));
  auto old = open(kOld);
  ASSERT_TRUE(old) << old.error().message;
  EXPECT_EQ(old->query_integer("SELECT count(*) FROM pragma_table_info('a')").value(), 1);
}

TEST_F(SchemaTest, AFileThatIsNoDatabaseIsNamed) {
  ASSERT_NE(std::system(("head -c 8192 /dev/zero | tr '\\0' x > " + path_).c_str()), -1);
  const auto refused = open(kNew);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kProtocol);
  EXPECT_THAT(refused.error().message, testing::StartsWith(path_));
}

TEST(Database, OpeningInAMissingFolderSaysNotFound) {
  TemporaryFolder folder;
  const auto missing = Database::open(folder / "no/x.db", {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
}

TEST(Database, LocalDisksUseAWriteAheadLogWithFullSync) {
  TemporaryFolder folder;
  auto database = Database::open(folder / "x.db", {});
  ASSERT_TRUE(database);
  auto mode = database->prepare("PRAGMA journal_mode");
  ASSERT_TRUE(mode && mode->step());
  EXPECT_EQ(mode->text(0), "wal");
  EXPECT_EQ(database->query_integer("PRAGMA synchronous").value(), 3);
}

TEST(Database, AHeldLockIsReportedAsUnavailable) {
  TemporaryFolder folder;
  auto one = Database::open(folder / "x.db", {});
  auto two = Database::open(folder / "x.db", {.busy_millis = 1});
  ASSERT_TRUE(one && two);
  auto held = Transaction::begin(*one);
  ASSERT_TRUE(held);
  const auto refused = Transaction::begin(*two);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
}

TEST(Database, ATransactionThatIsNotCommittedIsRolledBack) {
  TemporaryFolder folder;
  auto database = Database::open(folder / "x.db", {});
  ASSERT_TRUE(database->execute("CREATE TABLE a (x)"));
  {
    auto transaction = Transaction::begin(*database);
    ASSERT_TRUE(transaction && database->execute("INSERT INTO a VALUES (1)"));
  }
  EXPECT_EQ(database->query_integer("SELECT count(*) FROM a").value(), 0);
}

TEST(NetworkFileSystem, IsToldByItsMagicNumber) {
  EXPECT_TRUE(is_network_file_system(0x6969));
  EXPECT_TRUE(is_network_file_system(0xFFFFFFFFFF534D42));  // sign-extended, as some systems do
  EXPECT_TRUE(is_network_file_system(0x0BD00BD0));
  EXPECT_FALSE(is_network_file_system(0xEF53));      // ext4
  EXPECT_FALSE(is_network_file_system(0x58465342));  // XFS
  EXPECT_FALSE(is_network_file_system(0x9123683E));  // btrfs
  EXPECT_FALSE(is_on_network_file_system("/no/such/folder/x.db"));
}

}  // namespace
}  // namespace batchmill::db
