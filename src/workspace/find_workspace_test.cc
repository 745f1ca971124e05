#include "workspace/find_workspace.h"

#include "fakes/memory_files.h"
#include "workspace/paths.h"

namespace batchmill::workspace {
namespace {

struct FindCase {
  const char* name;
  const char* flag;
  const char* variable;
  const char* current;
  const char* expected;
};

class FindWorkspaceTest : public testing::TestWithParam<FindCase> {};

TEST_P(FindWorkspaceTest, Finds) {
  fakes::MemoryFiles files;
  EXPECT_TRUE(files.make_folders("/home/u/project/.batchmill"));
  files.put("/home/u/file/.batchmill", "a file, not a folder");
  EXPECT_TRUE(files.make_folders("/home/u/project/sub/deep"));
  const FindCase& c = GetParam();
  const auto found = find_workspace({c.flag, c.variable, c.current, "/home/u"}, files);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->root(), c.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table, FindWorkspaceTest,
    testing::Values(FindCase{"flag_wins", "ws", "/var", "/home/u/project", "/home/u/project/ws"},
                    FindCase{"then_the_variable", "", "/var/ws", "/home/u/project", "/var/ws"},
                    FindCase{"then_here", "", "", "/home/u/project", "/home/u/project/.batchmill"},
                    FindCase{"or_above", "", "", "/home/u/project/sub/deep",
                             "/home/u/project/.batchmill"},
                    FindCase{"a_file_is_none", "", "", "/home/u/file", "/home/u/.batchmill"},
                    FindCase{"else_at_home", "", "", "/tmp", "/home/u/.batchmill"},
                    FindCase{"from_the_root", "", "", "/", "/home/u/.batchmill"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(FindWorkspace, WithoutAHomeTheErrorNamesTheFlag) {
  fakes::MemoryFiles files;
  const auto found = find_workspace({"", "", "/tmp", ""}, files);
  ASSERT_FALSE(found.has_value());
  EXPECT_THAT(found.error().message, testing::HasSubstr("--workspace"));
}

TEST(EnsureWorkspace, MakesAPrivateFolderWithTheDefaultDatastores) {
  fakes::MemoryFiles files;
  ASSERT_TRUE(ensure_workspace(WorkspaceFolder("/w"), files).has_value());
  EXPECT_TRUE(files.is_private("/w"));
  EXPECT_TRUE(files.exists("/w/datastores/workspaceblobstore"));
  EXPECT_TRUE(files.exists("/w/datastores/workspaceartifactstore"));
}

TEST(Paths, AreCleanedAsText) {
  EXPECT_EQ(absolute_below("/a/b", "c"), "/a/b/c");
  EXPECT_EQ(absolute_below("/a/b", "/c/./d"), "/c/d");
  EXPECT_EQ(absolute_below("/a/b", "../c//d/"), "/a/c/d");
  EXPECT_EQ(absolute_below("/", "../.."), "/");
  EXPECT_EQ(parent_of("/a/b"), "/a");
  EXPECT_EQ(parent_of("/a"), "/");
  EXPECT_EQ(last_part_of("/a/b"), "b");
}

}  // namespace
}  // namespace batchmill::workspace
