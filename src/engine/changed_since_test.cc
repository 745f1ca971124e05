#include "engine/changed_since.h"

#include <map>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/manifest_writer.h"
#include "fakes/memory_files.h"

namespace batchmill::engine {
namespace {

using data::ManifestKind;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

WallTime at(int second) { return {1'700'000'000'000'000 + second * std::int64_t{1'000'000}}; }

AttemptRecord attempt(std::uint64_t id, int started, bool success = true, ItemRange part = {}) {
  AttemptRecord record;
  record.id = {MiniBatchId{id}, Epoch{1}, 1, part};
  record.outcome.status = success ? AttemptStatus::kRunDone : AttemptStatus::kRunException;
  record.outcome.started = at(started);
  return record;
}

class Spec5_9ChangedInput : public ::testing::Test {
 protected:
  // Two files a mini-batch.
  void plan_files(const std::vector<std::string>& paths) {
    auto writer = begin_plan({ManifestKind::kFiles, "/in", 2});
    for (const std::string& path : paths) ASSERT_TRUE(writer.add_file(path));
    ASSERT_TRUE(writer.finish());
    ASSERT_TRUE(writer.sync());
  }
  data::ManifestWriter begin_plan(const data::ManifestHeader& header) {
    return *data::ManifestWriter::open(files, files, "/m", header, {});
  }
  std::string changed(const std::vector<AttemptRecord>& attempts,
                      std::optional<WallTime> copied = {}) {
    KeptMiniBatches kept(10);
    for (const AttemptRecord& record : attempts) kept.add(record);
    const auto manifest = *data::ManifestReader::open(files, files, "/m");
    asked.clear();
    return changed_since(manifest, kept, {"images", copied},
                         [&](std::string_view path) {
                           asked.emplace_back(path);
                           return Result<WallTime>(modified.at(std::string(path)));
                         })
        .value();
  }

  fakes::MemoryFiles files;
  std::map<std::string, WallTime> modified;
  std::vector<std::string> asked;
};

TEST_F(Spec5_9ChangedInput, AFileThatIsNewerThanItsRowsIsNamed) {
  plan_files({"a", "b", "c", "d"});
  const std::vector<AttemptRecord> attempts = {attempt(0, 10), attempt(1, 20)};
  modified = {{"a", at(0)}, {"b", at(10)}, {"c", at(20)}, {"d", at(15)}};
  EXPECT_EQ(changed(attempts), "");
  EXPECT_THAT(asked, ElementsAre("a", "b", "c", "d"));
  modified["b"] = at(12);
  EXPECT_THAT(changed(attempts),
              AllOf(StartsWith("input 'images': b was changed at 2023-11-14T22:13:32Z, after its "
                               "rows were made at 2023-11-14T22:13:30Z; start anew"),
                    HasSubstr("cp -p")));
  modified["d"] = at(21);
  EXPECT_THAT(changed(attempts), HasSubstr("; so was 1 more file; start anew"));
  modified["c"] = at(21);
  EXPECT_THAT(changed(attempts), HasSubstr("; so were 2 more files; start anew"));
}

TEST_F(Spec5_9ChangedInput, TimesWithinASecondAreToldApart) {
  plan_files({"a"});
  modified["a"] = {at(10).micros + 1};
  EXPECT_THAT(changed({attempt(0, 10)}), AllOf(HasSubstr("30.000001+"), HasSubstr("30.000000+")));
}

TEST_F(Spec5_9ChangedInput, FilesOfMiniBatchesThatRunAgainMayChange) {
  plan_files({"a", "b", "c", "d", "e"});
  for (const char* path : {"a", "b", "c", "d", "e"}) modified[path] = at(99);
  modified["c"] = modified["d"] = at(0);
  AttemptRecord forgotten = attempt(2, 10, false);
  forgotten.forgotten = true;
  EXPECT_EQ(changed({attempt(0, 10, false), attempt(1, 10), forgotten}), "");
  EXPECT_THAT(asked, ElementsAre("c", "d"));
}

TEST_F(Spec5_9ChangedInput, TheTryThatMadeTheRowsCounts) {
  plan_files({"a"});
  AttemptRecord first = attempt(0, 10, false);
  first.final = false;
  modified["a"] = at(20);  // mended between the tries
  EXPECT_EQ(changed({first, attempt(0, 30)}), "");
}

TEST_F(Spec5_9ChangedInput, OfABisectedMiniBatchTheEarliestPartCounts) {
  plan_files({"a", "b"});
  AttemptRecord split = attempt(0, 10, false);
  split.final = false;
  split.split = true;
  const std::vector<AttemptRecord> attempts = {split, attempt(0, 30, true, {1, 1}),
                                               attempt(0, 20, true, {0, 1})};
  modified = {{"a", at(20)}, {"b", at(15)}};
  EXPECT_EQ(changed(attempts), "");
  modified["a"] = at(21);
  EXPECT_THAT(changed(attempts), HasSubstr("a was changed"));
}

TEST_F(Spec5_9ChangedInput, AFileInSlicesIsLookedAtOnceAndIsAsOldAsItsFirstRows) {
  auto writer = begin_plan({ManifestKind::kSlices, "/in", 1});
  for (const char* path : {"t.csv", "t.csv", "t.csv", "u.csv"}) {
    ASSERT_TRUE(writer.add_slice({0, 1, 1, path}));
  }
  ASSERT_TRUE(writer.finish());
  ASSERT_TRUE(writer.sync());
  const std::vector<AttemptRecord> attempts = {attempt(0, 30), attempt(1, 5, false), attempt(2, 20),
                                               attempt(3, 10)};
  modified = {{"t.csv", at(20)}, {"u.csv", at(10)}};
  EXPECT_EQ(changed(attempts), "");
  EXPECT_THAT(asked, ElementsAre("t.csv", "u.csv"));
  modified["t.csv"] = at(25);
  EXPECT_THAT(changed(attempts), HasSubstr("t.csv was changed"));
}

TEST_F(Spec5_9ChangedInput, RowsMadeFromACopyAreAsOldAsTheCopy) {
  plan_files({"a"});
  modified["a"] = at(15);
  EXPECT_EQ(changed({attempt(0, 20)}), "");
  EXPECT_THAT(changed({attempt(0, 20)}, at(10)),
              HasSubstr("rows were made at 2023-11-14T22:13:30Z"));
}

TEST_F(Spec5_9ChangedInput, RanksHaveNoFiles) {
  auto writer = begin_plan({ManifestKind::kRanks, "", 1});
  ASSERT_TRUE(writer.add_rank());
  ASSERT_TRUE(writer.finish());
  ASSERT_TRUE(writer.sync());
  EXPECT_EQ(changed({attempt(0, 10)}), "");
  EXPECT_THAT(asked, ElementsAre());
}

TEST_F(Spec5_9ChangedInput, NamesAreShownOnOneLine) {
  plan_files({"a\nb\xff"});
  modified["a\nb\xff"] = at(99);
  EXPECT_THAT(changed({attempt(0, 10)}), Not(HasSubstr("\n")));
}

TEST_F(Spec5_9ChangedInput, AFileThatCannotBeLookedAtIsAnError) {
  plan_files({"a"});
  KeptMiniBatches kept(1);
  kept.add(attempt(0, 10));
  const auto manifest = *data::ManifestReader::open(files, files, "/m");
  const auto result = changed_since(manifest, kept, {"images", {}}, [](std::string_view path) {
    return Result<WallTime>(fail(ErrorKind::kPermission, std::string(path) + ": denied"));
  });
  EXPECT_EQ(result.error().message, "a: denied");
}

}  // namespace
}  // namespace batchmill::engine
