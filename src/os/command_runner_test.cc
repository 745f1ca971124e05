#include "os/command_runner.h"

#include <csignal>

#include <gtest/gtest.h>

namespace batchmill {
namespace {

CommandRequest shell(std::string script) {
  CommandRequest request;
  request.argv = {"sh", "-c", std::move(script)};
  return request;
}

TEST(LocalCommandRunner, GivesBothStreamsAndTheExitCode) {
  LocalCommandRunner runner;
  auto output = runner.run(shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(output.has_value());
  EXPECT_EQ(output->out, "out\n");
  EXPECT_EQ(output->err, "err\n");
  EXPECT_EQ(output->exit_code, 3);
}

TEST(LocalCommandRunner, PassesMuchInputWhileMuchOutputComesBack) {
  LocalCommandRunner runner;
  CommandRequest request = shell("cat");
  request.input = std::string(3'000'000, 'x');
  auto output = runner.run(request);
  ASSERT_TRUE(output.has_value());
  EXPECT_EQ(output->out, request.input);
}

TEST(LocalCommandRunner, AddsToTheEnvironmentAndSetsTheFolder) {
  LocalCommandRunner runner;
  CommandRequest request = shell("echo $A; pwd");
  request.environment = {{"A", "b"}};
  request.working_folder = "/";
  EXPECT_EQ(runner.run(request)->out, "b\n/\n");
}

TEST(LocalCommandRunner, KillsWhatRunsTooLong) {
  LocalCommandRunner runner;
  CommandRequest request = shell("sleep 100 & sleep 100");
  request.timeout = std::chrono::milliseconds(50);
  auto output = runner.run(request);
  ASSERT_TRUE(output.has_value());
  EXPECT_TRUE(output->timed_out);
}

TEST(LocalCommandRunner, ASignalIsReportedAsTheShellDoes) {
  LocalCommandRunner runner;
  EXPECT_EQ(runner.run(shell("kill -9 $$"))->exit_code, 137);
}

TEST(LocalCommandRunner, SignalsThatAreBlockedHereEndTheCommand) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const auto output = LocalCommandRunner().run(shell("kill -TERM $$"));
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(output->exit_code, 128 + SIGTERM);
}

TEST(LocalCommandRunner, AMissingProgramIsAnErrorThatNamesIt) {
  LocalCommandRunner runner;
  CommandRequest request;
  request.argv = {"/no/such/program"};
  auto output = runner.run(request);
  ASSERT_FALSE(output.has_value());
  EXPECT_EQ(output.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(output.error().message, testing::HasSubstr("/no/such/program"));
}

}  // namespace
}  // namespace batchmill
