#include "workspace/workspace_config.h"

#include "fakes/memory_files.h"

namespace batchmill::workspace {
namespace {

Result<WorkspaceConfig> read(const std::string& text) {
  fakes::MemoryFiles files;
  files.put("/w/config.yml", text);
  return read_workspace_config(WorkspaceFolder("/w"), "/home/u", files);
}

TEST(WorkspaceConfig, WithoutAFileThereAreDefaults) {
  fakes::MemoryFiles files;
  const auto config = read_workspace_config(WorkspaceFolder("/w"), "/home/u", files);
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(config->environments.workspace, "/w");
  EXPECT_TRUE(config->environments.mapping.empty());
  EXPECT_THAT(config->computes, testing::ElementsAre("local"));
}

TEST(WorkspaceConfig, ReadsInterpretersAndComputes) {
  const auto config = read(
      "environments:\n"
      "  azureml:foo:1: {python: ~/venv/bin/python}\n"
      "  azureml:bar:*: python3.12\n"
      "default_python: py/bin/python\n"
      "compute: {cpu-cluster: {}}\n");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_THAT(config->environments.mapping,
              testing::ElementsAre(testing::Pair("azureml:foo:1", "/home/u/venv/bin/python"),
                                   testing::Pair("azureml:bar:*", "python3.12")));
  EXPECT_EQ(config->environments.default_python, "/w/py/bin/python");
  EXPECT_TRUE(config->computes.contains("cpu-cluster"));
}

struct BrokenCase {
  const char* text;
  const char* expected;
};

class BrokenConfigTest : public testing::TestWithParam<BrokenCase> {};

TEST_P(BrokenConfigTest, NamesThePlace) {
  const auto config = read(GetParam().text);
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().message.substr(0, std::string(GetParam().expected).size()),
            GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BrokenConfigTest,
    testing::Values(
        BrokenCase{"enviroments: {}\n",
                   "/w/config.yml:1:1: unknown key 'enviroments'; write 'environments'"},
        BrokenCase{"environments:\n  a: {pyton: x}\n",
                   "/w/config.yml:2:3: environment 'a' lacks 'python'"},
        BrokenCase{"default_python: [x]\n",
                   "/w/config.yml:1:17: must be the path of an interpreter"},
        BrokenCase{"- x\n", "/w/config.yml:1:1: not a mapping"},
        BrokenCase{"a: 'x\n", "/w/config.yml:"}));

}  // namespace
}  // namespace batchmill::workspace
