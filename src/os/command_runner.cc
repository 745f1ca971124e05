#include "os/command_runner.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/spawn_actions.h"
#include "os/unique_fd.h"

extern char** environ;

namespace batchmill {

namespace {

constexpr std::size_t kMostOutput = std::size_t{16} << 20;

Result<void> make_pipe(UniqueFd& read_end, UniqueFd& write_end) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return tl::unexpected(error_from_errno(errno, "pipe"));
  read_end.reset(ends[0]);
  write_end.reset(ends[1]);
  return {};
}

Result<void> fill_input(UniqueFd& fd, const std::string& input) {
  fd.reset(::memfd_create("input", MFD_CLOEXEC));
  if (fd.get() < 0) return tl::unexpected(error_from_errno(errno, "memfd_create"));
  std::size_t done = 0;
  while (done < input.size()) {
    const ssize_t count = ::write(fd.get(), input.data() + done, input.size() - done);
    if (count < 0) return tl::unexpected(error_from_errno(errno, "memfd"));
    done += static_cast<std::size_t>(count);
  }
  ::lseek(fd.get(), 0, SEEK_SET);
  return {};
}

// The caller's environment with `added` on top, as name=value texts.
std::vector<std::string> full_environment(
    const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    const bool replaced = std::any_of(added.begin(), added.end(),
                                      [&](const auto& pair) { return pair.first == name; });
    if (!replaced) all.push_back(text);
  }
  for (const auto& [name, value] : added) all.push_back(name + "=" + value);
  return all;
}

// Appends what is readable; closes the descriptor at its end.
void drain(UniqueFd& fd, std::string& into) {
  std::array<char, 65536> buffer{};
  const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
  if (count > 0) {
    const std::size_t room = kMostOutput - std::min(kMostOutput, into.size());
    into.append(buffer.data(), std::min(room, static_cast<std::size_t>(count)));
  } else if (count == 0 || errno != EINTR) {
    fd.reset();
  }
}

// Reads both streams until they end. False when `deadline` passed first.
bool read_streams(UniqueFd& out, UniqueFd& err, CommandOutput& output,
                  std::chrono::steady_clock::time_point deadline) {
  while (out.get() >= 0 || err.get() >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    std::array<pollfd, 2> polled{pollfd{out.get(), POLLIN, 0}, pollfd{err.get(), POLLIN, 0}};
    const int wait = static_cast<int>(std::min<std::int64_t>(left.count() + 1, 60'000));
    if (::poll(polled.data(), polled.size(), wait) <= 0) continue;
    if (polled[0].revents != 0) drain(out, output.out);
    if (polled[1].revents != 0) drain(err, output.err);
  }
  return true;
}

}  // namespace

Result<CommandOutput> LocalCommandRunner::run(const CommandRequest& request) {
  if (request.argv.empty()) return fail(ErrorKind::kInvalid, "no command given");
  UniqueFd in, out_read, out_write, err_read, err_write;
  BM_TRY(fill_input(in, request.input));
  BM_TRY(make_pipe(out_read, out_write));
  BM_TRY(make_pipe(err_read, err_write));

  SpawnActions actions;
  posix_spawn_file_actions_adddup2(&actions.files, in.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions.files, out_write.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions.files, err_write.get(), STDERR_FILENO);
  if (!request.working_folder.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions.files, request.working_folder.c_str());
  }
  actions.lead_new_group();

  std::vector<std::string> argv = request.argv;
  std::vector<std::string> environment = full_environment(request.environment);
  pid_t child = 0;
  const auto deadline = std::chrono::steady_clock::now() + request.timeout;
  const int error = posix_spawnp(&child, argv[0].c_str(), &actions.files, &actions.attributes,
                                 exec_pointers(argv).data(), exec_pointers(environment).data());
  if (error != 0) return tl::unexpected(error_from_errno(error, argv[0]));
  out_write.reset();
  err_write.reset();

  CommandOutput output;
  if (!read_streams(out_read, err_read, output, deadline)) {
    output.timed_out = true;
    ::kill(-child, SIGKILL);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  output.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return output;
}

}  // namespace batchmill
