#include "os/detached_leaders.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/job_folder.h"
#include "os/unique_fd.h"

namespace batchmill {

namespace {

// Only calls that are allowed after fork; reports errno of a failed exec through `report_fd`.
[[noreturn]] void become_supervisor(const char* const* argv, int log_fd, int null_fd,
                                    int report_fd) {
  ::setsid();
  if (::fork() != 0) ::_exit(0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGINT, SIG_DFL);
  ::dup2(null_fd, 0);
  ::dup2(log_fd, 1);
  ::dup2(log_fd, 2);
  (void)!::chdir("/");
  ::execv(argv[0], const_cast<char* const*>(argv));
  const int failure = errno;
  (void)!::write(report_fd, &failure, sizeof failure);
  ::_exit(127);
}

}  // namespace

Result<void> DetachedLeaders::start(const std::string& job_folder) {
  const std::string log_path = JobFolder(job_folder).leader_log();
  ::mkdir(log_path.substr(0, log_path.find_last_of('/')).c_str(), 0777);
  const UniqueFd log(::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (log.get() < 0) return tl::unexpected(error_from_errno(errno, log_path));
  const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return tl::unexpected(error_from_errno(errno, "pipe"));
  const UniqueFd report_read(ends[0]);
  UniqueFd report_write(ends[1]);
  const char* argv[] = {program_.c_str(), "leader", "--supervise", job_folder.c_str(), nullptr};
  const pid_t child = ::fork();
  if (child < 0) return tl::unexpected(error_from_errno(errno, "cannot fork a supervisor"));
  if (child == 0) become_supervisor(argv, log.get(), null.get(), report_write.get());
  report_write.reset();
  int failure = 0;
  const ssize_t got = ::read(report_read.get(), &failure, sizeof failure);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (got == sizeof failure)
    return tl::unexpected(error_from_errno(failure, "cannot start " + program_));
  return {};
}

}  // namespace batchmill
