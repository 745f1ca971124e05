#include "os/terminal.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace batchmill {

namespace {

// A signal handler reaches nothing but globals; both are set before the handlers are installed.
std::atomic<int> signal_pipe{-1};
std::atomic<int> interrupts{0};

void on_signal(int number) {
  const int saved = errno;
  if (number == SIGINT && interrupts.fetch_add(1) > 0) ::_exit(1);
  const char byte = number == SIGINT ? 'i' : 'w';
  [[maybe_unused]] const ssize_t count = ::write(signal_pipe.load(), &byte, 1);
  errno = saved;
}

void install(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigaction(number, &action, nullptr);
}

// False when the other end is gone.
bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd polled{fd, POLLOUT, 0};
      ::poll(&polled, 1, 1000);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

winsize window_size() {
  winsize size{};
  for (const int fd : {STDERR_FILENO, STDOUT_FILENO}) {
    if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size;
  }
  return {};
}

}  // namespace

// A handler, not SIG_IGN: children would inherit an ignored signal through exec.
ProcessTerminal::ProcessTerminal() {
  install(SIGPIPE, [](int) {});
}

ProcessTerminal::~ProcessTerminal() {
  if (!watching_) return;
  install(SIGINT, SIG_DFL);
  install(SIGWINCH, SIG_DFL);
  ::close(wake_read_);
  ::close(wake_write_);
}

bool ProcessTerminal::out_is_terminal() const { return ::isatty(STDOUT_FILENO) != 0; }
bool ProcessTerminal::err_is_terminal() const { return ::isatty(STDERR_FILENO) != 0; }
std::size_t ProcessTerminal::columns() const { return window_size().ws_col; }
std::size_t ProcessTerminal::rows() const { return window_size().ws_row; }

void ProcessTerminal::write_out(std::string_view text) {
  if (!write_all(STDOUT_FILENO, text)) out_closed_ = true;
}

void ProcessTerminal::write_err(std::string_view text) { write_all(STDERR_FILENO, text); }

bool ProcessTerminal::try_write_err(std::string_view text) {
  pollfd polled{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&polled, 1, 0) != 1 || (polled.revents & POLLOUT) == 0) return false;
  write_err(text);
  return true;
}

void ProcessTerminal::watch_signals() {
  if (watching_) return;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return;
  wake_read_ = ends[0];
  wake_write_ = ends[1];
  signal_pipe = wake_write_;
  watching_ = true;
  install(SIGINT, on_signal);
  install(SIGWINCH, on_signal);
}

bool ProcessTerminal::interrupted() const { return interrupts.load() > 0; }

Wake ProcessTerminal::wait(Duration at_most) {
  const auto millis = std::chrono::ceil<std::chrono::milliseconds>(at_most).count();
  pollfd polled{wake_read_, POLLIN, 0};
  const int ready = ::poll(&polled, 1, static_cast<int>(millis));
  if (ready > 0) {
    std::array<char, 64> bytes{};
    [[maybe_unused]] const ssize_t count = ::read(wake_read_, bytes.data(), bytes.size());
    return interrupted() ? Wake::kInterrupted : Wake::kResized;
  }
  return interrupted() ? Wake::kInterrupted : Wake::kTimeout;
}

}  // namespace batchmill
