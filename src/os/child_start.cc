#include "os/child_start.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace batchmill::spawner {

namespace {

enum class Stage : int { kDescriptors, kFolder, kExecute };

struct StartFailure {
  Stage stage;
  int error;
};

// Everything the child needs between fork and exec, prepared while memory may still be allocated.
struct Prepared {
  std::vector<char*> argv;
  std::vector<std::string> environment_text;
  std::vector<char*> environment;
  std::vector<std::pair<int, int>>
      moves;  // (fd here, number there); every source above every target
  int stdin_fd = -1;
  int stdout_fd = -1;
  int stderr_fd = -1;
  int report_fd = -1;
  const char* working_folder = nullptr;
  pid_t spawner = 0;
};

Result<UniqueFd> open_output(const std::string& path, int lowest) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!fd.valid()) return tl::unexpected(error_from_errno(errno, path));
  UniqueFd moved(::fcntl(fd.get(), F_DUPFD_CLOEXEC, lowest));
  if (!moved.valid()) return tl::unexpected(error_from_errno(errno, path));
  return moved;
}

// Only async-signal-safe calls from here on.
[[noreturn]] void give_up(int report_fd, Stage stage) {
  const StartFailure failure{stage, errno};
  const ssize_t written = ::write(report_fd, &failure, sizeof failure);
  ::_exit(written == sizeof failure ? 127 : 126);
}

void restore_signals() {
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// When memory runs out, the kernel should take the user's process and not the agent.
void volunteer_for_oom() {
  const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  // Without the permission the score stays as it is.
  [[maybe_unused]] const ssize_t written = ::write(fd, "300", 3);
  ::close(fd);
}

[[noreturn]] void become_child(const Prepared& prepared) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != prepared.spawner) ::_exit(126);
  restore_signals();
  volunteer_for_oom();
  ::syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC);
  if (::dup2(prepared.stdin_fd, STDIN_FILENO) < 0 ||
      ::dup2(prepared.stdout_fd, STDOUT_FILENO) < 0 ||
      ::dup2(prepared.stderr_fd, STDERR_FILENO) < 0) {
    give_up(prepared.report_fd, Stage::kDescriptors);
  }
  for (const auto& [here, there] : prepared.moves) {
    if (::dup2(here, there) < 0) give_up(prepared.report_fd, Stage::kDescriptors);
  }
  if (*prepared.working_folder != '\0' && ::chdir(prepared.working_folder) != 0) {
    give_up(prepared.report_fd, Stage::kFolder);
  }
  ::execve(prepared.argv.front(), prepared.argv.data(), prepared.environment.data());
  give_up(prepared.report_fd, Stage::kExecute);
}

Error describe(const StartFailure& failure, const SpawnRequest& request) {
  switch (failure.stage) {
    case Stage::kDescriptors:
      return error_from_errno(failure.error, "cannot hand descriptors to " + request.argv.front());
    case Stage::kFolder:
      return error_from_errno(failure.error, "working folder " + request.working_folder);
    case Stage::kExecute:
      break;
  }
  Error error = error_from_errno(failure.error, "cannot start " + request.argv.front());
  if (failure.error == ENOENT && ::access(request.argv.front().c_str(), F_OK) == 0) {
    error.message += " (its interpreter is missing)";
  }
  return error;
}

}  // namespace

Result<pid_t> start_child(const SpawnRequest& request, std::vector<UniqueFd> fds,
                          const std::string& marker) {
  if (request.argv.empty()) return fail(ErrorKind::kInvalid, "no program to start");
  if (fds.size() != request.pass_fds.size()) {
    return fail(ErrorKind::kProtocol, "descriptors for " + request.argv.front() + " were lost");
  }
  int lowest = STDERR_FILENO + 1;
  for (const auto& [here, there] : request.pass_fds) lowest = std::max(lowest, there + 1);

  Prepared prepared;
  std::vector<UniqueFd> sources;
  for (std::size_t i = 0; i < fds.size(); ++i) {
    sources.emplace_back(::fcntl(fds[i].get(), F_DUPFD_CLOEXEC, lowest));
    if (!sources.back().valid())
      return tl::unexpected(error_from_errno(errno, "passed descriptor"));
    prepared.moves.emplace_back(sources.back().get(), request.pass_fds[i].second);
  }
  const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null.valid()) return tl::unexpected(error_from_errno(errno, "/dev/null"));
  BM_ASSIGN(const UniqueFd out, open_output(request.stdout_path, lowest));
  UniqueFd own_err;
  if (request.stderr_path != request.stdout_path) {
    BM_ASSIGN(own_err, open_output(request.stderr_path, lowest));
  }
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return tl::unexpected(error_from_errno(errno, "pipe"));
  const UniqueFd report_read(ends[0]);
  UniqueFd report_low(ends[1]);
  UniqueFd report(::fcntl(report_low.get(), F_DUPFD_CLOEXEC, lowest));
  if (!report.valid()) return tl::unexpected(error_from_errno(errno, "pipe"));
  report_low.reset();

  for (const std::string& argument : request.argv) {
    prepared.argv.push_back(const_cast<char*>(argument.c_str()));
  }
  prepared.argv.push_back(nullptr);
  for (const auto& [name, value] : request.environment) {
    prepared.environment_text.push_back(name + "=" + value);
  }
  prepared.environment_text.push_back("BATCHMILL_SPAWN=" + marker);
  for (std::string& entry : prepared.environment_text) prepared.environment.push_back(entry.data());
  prepared.environment.push_back(nullptr);
  prepared.stdin_fd = null.get();
  prepared.stdout_fd = out.get();
  prepared.stderr_fd = own_err.valid() ? own_err.get() : out.get();
  prepared.report_fd = report.get();
  prepared.working_folder = request.working_folder.c_str();
  prepared.spawner = ::getpid();

  const pid_t pid = ::fork();
  if (pid < 0) {
    return tl::unexpected(error_from_errno(errno, "cannot start " + request.argv.front()));
  }
  if (pid == 0) become_child(prepared);

  report.reset();
  StartFailure failure{};
  ssize_t got = 0;
  do {
    got = ::read(report_read.get(), &failure, sizeof failure);
  } while (got < 0 && errno == EINTR);
  if (got == 0) return pid;  // the pipe was closed by a successful exec
  ::waitpid(pid, nullptr, 0);
  return tl::unexpected(describe(failure, request));
}

}  // namespace batchmill::spawner
