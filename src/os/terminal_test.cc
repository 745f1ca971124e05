#include "os/terminal.h"

#include <csignal>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace batchmill {
namespace {

// Runs `body` in a child whose standard output is a pipe; returns what it wrote and its exit code.
template <typename Body>
std::pair<std::string, int> in_child(Body body, bool close_reader = false) {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[1]);
    ::_exit(body());
  }
  ::close(ends[1]);
  std::string text;
  char buffer[4096];
  if (close_reader) ::close(ends[0]);
  while (!close_reader) {
    const ssize_t got = ::read(ends[0], buffer, sizeof buffer);
    if (got <= 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  if (!close_reader) ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return {text, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)};
}

TEST(ProcessTerminal, WritesAllThatIsGiven) {
  const std::string much(300'000, 'x');
  const auto [text, code] = in_child([&] {
    ProcessTerminal terminal;
    terminal.write_out(much);
    return terminal.out_is_terminal() ? 1 : 0;
  });
  EXPECT_EQ(text, much);
  EXPECT_EQ(code, 0);
}

TEST(ProcessTerminal, AClosedPipeIsRememberedAndEndsNothing) {
  const auto [text, code] = in_child(
      [] {
        ProcessTerminal terminal;
        for (int i = 0; i < 100 && !terminal.out_is_closed(); ++i) {
          terminal.write_out(std::string(65'536, 'x'));
          ::usleep(1000);
        }
        return terminal.out_is_closed() ? 0 : 1;
      },
      true);
  EXPECT_EQ(code, 0);
}

TEST(ProcessTerminal, TheFirstInterruptWakesTheSecondEnds) {
  const auto [first, woken] = in_child([] {
    ProcessTerminal terminal;
    terminal.watch_signals();
    if (terminal.interrupted()) return 2;
    ::raise(SIGINT);
    const Wake wake = terminal.wait(std::chrono::seconds(60));
    return wake == Wake::kInterrupted && terminal.interrupted() ? 0 : 3;
  });
  EXPECT_EQ(woken, 0);
  const auto [second, ended] = in_child([] {
    ProcessTerminal terminal;
    terminal.watch_signals();
    ::raise(SIGINT);
    ::raise(SIGINT);
    return 7;
  });
  EXPECT_EQ(ended, 1);
}

TEST(ProcessTerminal, AResizeWakes) {
  const auto [text, code] = in_child([] {
    ProcessTerminal terminal;
    terminal.watch_signals();
    ::raise(SIGWINCH);
    return terminal.wait(std::chrono::seconds(60)) == Wake::kResized ? 0 : 1;
  });
  EXPECT_EQ(code, 0);
}

TEST(ProcessTerminal, WithoutSignalsAWaitTimesOut) {
  ProcessTerminal terminal;
  EXPECT_EQ(terminal.wait(std::chrono::milliseconds(1)), Wake::kTimeout);
}

}  // namespace
}  // namespace batchmill
