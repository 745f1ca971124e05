#include "workspace/code_snapshot.h"

#include "fakes/memory_files.h"

namespace batchmill::workspace {
namespace {

class CodeSnapshotTest : public testing::Test {
 protected:
  std::vector<std::string> paths() {
    std::vector<std::string> found;
    const auto list = files_of_code("/code", files);
    if (list) {
      for (const SnapshotFile& file : *list) found.push_back(file.path);
    }
    return found;
  }
  std::string hash() { return *hash_of_code("/code", *files_of_code("/code", files), files); }
  Result<std::string> snapshot(const std::string& code = "/code") {
    return snapshot_code(code, WorkspaceFolder("/w"), "tmp-1", files);
  }

  fakes::MemoryFiles files;
};

TEST_F(CodeSnapshotTest, LeavesOutWhatIsNeverWanted) {
  files.put("/code/score.py", "x");
  files.put("/code/lib/a.py", "x");
  files.put("/code/lib/__pycache__/a.pyc", "x");
  files.put("/code/.git/HEAD", "x");
  files.put("/code/.batchmill/jobs/j/job.db", "x");
  EXPECT_THAT(paths(), testing::ElementsAre("lib/a.py", "score.py"));
}

TEST_F(CodeSnapshotTest, OneIgnoreFileDecidesAndBelongsToTheCode) {
  files.put("/code/.gitignore", "*.csv\n");
  files.put("/code/a.csv", "x");
  files.put("/code/a.py", "x");
  EXPECT_THAT(paths(), testing::ElementsAre(".gitignore", "a.py"));
  files.put("/code/.amlignore", "*.py\n");
  EXPECT_THAT(paths(), testing::ElementsAre(".amlignore", ".gitignore", "a.csv"));
}

TEST_F(CodeSnapshotTest, AnIgnoreFileInASubfolderIsNotRead) {
  files.put("/code/sub/.gitignore", "*\n");
  files.put("/code/sub/a.py", "x");
  EXPECT_THAT(paths(), testing::ElementsAre("sub/.gitignore", "sub/a.py"));
}

TEST_F(CodeSnapshotTest, NothingLeftIsAnError) {
  files.put("/code/.git/HEAD", "x");
  EXPECT_FALSE(files_of_code("/code", files).has_value());
}

TEST_F(CodeSnapshotTest, TheHashKnowsContentNamesAndTheExecutableBit) {
  files.put("/code/a.py", "one");
  const std::string first = hash();
  EXPECT_EQ(hash(), first);
  files.put("/code/a.py", "two");
  const std::string content = hash();
  EXPECT_NE(content, first);
  files.set_executable("/code/a.py");
  EXPECT_NE(hash(), content);
}

TEST_F(CodeSnapshotTest, EqualCodeIsStoredOnce) {
  files.put("/code/a.py", "x");
  files.put("/other/a.py", "x");
  const auto first = snapshot();
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(*files.read(*first + "/a.py"), "x");
  EXPECT_EQ(*snapshot("/other"), *first);
  EXPECT_FALSE(files.exists("/w/snapshots/.tmp-1"));
}

TEST_F(CodeSnapshotTest, OneFileIsASnapshotOfItsOwn) {
  files.put("/code/a.py", "x");
  files.put("/code/b.py", "y");
  const auto folder = snapshot("/code/a.py");
  ASSERT_TRUE(folder.has_value());
  EXPECT_TRUE(files.exists(*folder + "/a.py"));
  EXPECT_FALSE(files.exists(*folder + "/b.py"));
}

}  // namespace
}  // namespace batchmill::workspace
