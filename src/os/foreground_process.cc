#include "os/foreground_process.h"

#include <cerrno>
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

#include "os/spawn_actions.h"

namespace batchmill {

namespace {

constexpr int kOfTheChild[] = {SIGINT, SIGQUIT};

// Signals that are ignored as long as this lives.
class IgnoredSignals {
 public:
  IgnoredSignals() {
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    for (std::size_t i = 0; i < std::size(kOfTheChild); ++i) {
      ::sigaction(kOfTheChild[i], &ignore, &before_[i]);
    }
  }
  ~IgnoredSignals() {
    for (std::size_t i = 0; i < std::size(kOfTheChild); ++i) {
      ::sigaction(kOfTheChild[i], &before_[i], nullptr);
    }
  }
  IgnoredSignals(const IgnoredSignals&) = delete;
  IgnoredSignals& operator=(const IgnoredSignals&) = delete;

 private:
  struct sigaction before_[std::size(kOfTheChild)] = {};
};

}  // namespace

Result<ForegroundEnd> ForegroundProcess::run(const ForegroundRequest& request) {
  if (request.argv.empty()) return fail(ErrorKind::kInvalid, "no command given");
  SpawnActions actions;
  if (request.output_to_error) {
    posix_spawn_file_actions_adddup2(&actions.files, STDERR_FILENO, STDOUT_FILENO);
  }
  if (!request.working_folder.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions.files, request.working_folder.c_str());
  }
  std::vector<std::string> argv = request.argv;
  std::vector<std::string> environment;
  for (const auto& [name, value] : request.environment) environment.push_back(name + "=" + value);

  const IgnoredSignals ignored;
  pid_t child = 0;
  const int error = posix_spawn(&child, argv[0].c_str(), &actions.files, &actions.attributes,
                                exec_pointers(argv).data(), exec_pointers(environment).data());
  if (error != 0) return tl::unexpected(error_from_errno(error, argv[0]));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  ForegroundEnd end;
  if (WIFSIGNALED(status)) {
    end.signal = WTERMSIG(status);
  } else {
    end.exit_code = WEXITSTATUS(status);
  }
  return end;
}

}  // namespace batchmill
