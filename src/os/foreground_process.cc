#include "os/foreground_process.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

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

struct SpawnSettings {
  SpawnSettings() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    // What this process ignores, SIGPIPE among it, ends the child as usual.
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigdefault(&attributes, &all);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

Result<ForegroundEnd> ForegroundProcess::run(const ForegroundRequest& request) {
  if (request.argv.empty()) return fail(ErrorKind::kInvalid, "no command given");
  SpawnSettings settings;
  if (request.output_to_error) {
    posix_spawn_file_actions_adddup2(&settings.files, STDERR_FILENO, STDOUT_FILENO);
  }
  if (!request.working_folder.empty()) {
    posix_spawn_file_actions_addchdir_np(&settings.files, request.working_folder.c_str());
  }
  std::vector<std::string> argv = request.argv;
  std::vector<std::string> environment;
  for (const auto& [name, value] : request.environment) environment.push_back(name + "=" + value);

  const IgnoredSignals ignored;
  pid_t child = 0;
  const int error = posix_spawn(&child, argv[0].c_str(), &settings.files, &settings.attributes,
                                pointers(argv).data(), pointers(environment).data());
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

Result<std::string> make_temporary_folder(const std::string& prefix) {
  const char* base = std::getenv("TMPDIR");
  const bool is_usable = base != nullptr && base[0] == '/';
  std::string path = std::string(is_usable ? base : "/tmp") + "/" + prefix + "XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return tl::unexpected(error_from_errno(errno, path));
  return path;
}

}  // namespace batchmill
