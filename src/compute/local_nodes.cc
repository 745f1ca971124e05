#include "compute/local_nodes.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <linux/close_range.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "model/job_folder.h"

namespace batchmill {

namespace {

struct Launch {
  std::vector<char*> argv;
  int stdin_fd = -1;
  int log_fd = -1;
  int report_fd = -1;
};

// Only async-signal-safe calls from here on: the leader has threads.
[[noreturn]] void report(int fd, int number) {
  const ssize_t written = ::write(fd, &number, sizeof number);
  ::_exit(written == sizeof number ? 127 : 126);
}

[[noreturn]] void become_agent(const Launch& launch) {
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC);
  if (::dup2(launch.stdin_fd, STDIN_FILENO) < 0 || ::dup2(launch.log_fd, STDOUT_FILENO) < 0 ||
      ::dup2(launch.log_fd, STDERR_FILENO) < 0) {
    report(launch.report_fd, errno);
  }
  ::execv(launch.argv.front(), launch.argv.data());
  report(launch.report_fd, errno);
}

// The child in between ends at once, so that the agent is nobody's child here.
[[noreturn]] void detach(const Launch& launch) {
  ::setsid();
  const pid_t pid = ::fork();
  if (pid < 0) report(launch.report_fd, errno);
  if (pid == 0) become_agent(launch);
  ::_exit(0);
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

int read_report(int fd) {
  int number = 0;
  ssize_t got = 0;
  do {
    got = ::read(fd, &number, sizeof number);
  } while (got < 0 && errno == EINTR);
  return got == sizeof number ? number : 0;
}

}  // namespace

Result<void> LocalNodes::start(const Request& request) {
  const std::string log_path = JobFolder(request.job_folder).agent_log(request.node.value);
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(log_path).parent_path(), ignored);
  // Above the standard descriptors, so that dup2 never meets one of them.
  const auto raised = [](int fd) {
    if (fd < 0) return fd;
    const Descriptor low(fd);
    return ::fcntl(low.get(), F_DUPFD_CLOEXEC, 3);
  };
  const Descriptor log(
      raised(::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)));
  if (log.get() < 0) return tl::unexpected(error_from_errno(errno, log_path));
  const Descriptor null(raised(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return tl::unexpected(error_from_errno(errno, "pipe"));
  const Descriptor report_read(ends[0]);
  Descriptor report_write(raised(ends[1]));

  std::vector<std::string> words = {program_,   "node",
                                    "--node",   std::to_string(request.node.value),
                                    "--job",    request.job_folder,
                                    "--socket", request.socket_path};
  Launch launch;
  for (std::string& word : words) launch.argv.push_back(word.data());
  launch.argv.push_back(nullptr);
  launch.stdin_fd = null.get();
  launch.log_fd = log.get();
  launch.report_fd = report_write.get();

  const pid_t pid = ::fork();
  if (pid < 0) return tl::unexpected(error_from_errno(errno, "cannot fork a node agent"));
  if (pid == 0) detach(launch);
  report_write.close();
  const int failure = read_report(report_read.get());
  ::waitpid(pid, nullptr, 0);
  if (failure != 0) return tl::unexpected(error_from_errno(failure, "cannot start " + program_));
  return {};
}

}  // namespace batchmill
