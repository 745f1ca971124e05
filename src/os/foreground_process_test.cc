#include "os/foreground_process.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/temporary_folder.h"

namespace batchmill {
namespace {

class ForegroundTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = make_temporary_folder("foreground-test-");
    ASSERT_TRUE(made) << made.error().message;
    folder = *made;
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  Result<ForegroundEnd> run_shell(const std::string& script) {
    return ForegroundProcess().run({{"/bin/sh", "-c", script}, {{"WORD", "given"}}, folder, false});
  }
  std::string content(const std::string& name) const {
    std::ifstream file(folder + "/" + name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  std::string folder;
};

TEST_F(ForegroundTest, RunsInItsFolderWithTheEnvironmentItIsGivenAlone) {
  const auto end = run_shell("echo \"$WORD ${HOME-no}\" > here; exit 7");
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(end->exit_code, 7);
  EXPECT_EQ(end->signal, 0);
  EXPECT_EQ(content("here"), "given no\n");
}

TEST_F(ForegroundTest, ItsSignalsAreTold) {
  EXPECT_EQ(run_shell("kill -SEGV $$")->signal, SIGSEGV);
}

TEST_F(ForegroundTest, CtrlCIsTheChildsAlone) {
  // A shell sends the signal to itself and to the process that waits for it.
  const auto end = run_shell("kill -INT $PPID; kill -QUIT $PPID; kill -INT $$");
  ASSERT_TRUE(end);
  EXPECT_EQ(end->signal, SIGINT);
  struct sigaction now = {};
  ::sigaction(SIGINT, nullptr, &now);
  EXPECT_EQ(now.sa_handler, SIG_DFL) << "as it was before";
}

TEST_F(ForegroundTest, IgnoredSignalsAreNotInherited) {
  ::signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(run_shell("kill -PIPE $$")->signal, SIGPIPE);
  ::signal(SIGPIPE, SIG_DFL);
}

TEST_F(ForegroundTest, AProgramThatIsNotThereIsNamed) {
  const auto end = ForegroundProcess().run({{"/no/such/program"}, {}, folder, false});
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(end.error().message, testing::HasSubstr("/no/such/program"));
}

}  // namespace
}  // namespace batchmill
