#include "os/spawner.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <deque>
#include <fcntl.h>
#include <linux/close_range.h>
#include <map>
#include <optional>
#include <poll.h>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "os/child_start.h"
#include "os/process_tree.h"
#include "os/spawner_messages.h"
#include "os/system_clock.h"

namespace batchmill {

namespace spawner {
namespace {

// What descendants of an exited child get between TERM and KILL.
constexpr Duration kLingerGrace = std::chrono::seconds(2);
constexpr Duration kShortestScan = std::chrono::milliseconds(2);
constexpr Duration kLongestScan = std::chrono::milliseconds(50);

struct Child {
  pid_t pid = 0;
  std::string marker;
  std::optional<SpawnExit> exit;  // set when the child itself has been reaped
  bool ending = false;            // TERM went out
  TimePoint kill_at = kNever;
};

class Spawner {
 public:
  explicit Spawner(int socket, int signals) : socket_(socket), signals_(signals) {
    marker_prefix_ =
        std::to_string(::getpid()) + "." + std::to_string(clock_.now().time_since_epoch().count());
  }

  // Returns when the owner is gone and every descendant with it.
  void run() {
    while (!owner_gone_) {
      wait();
      drain_signals();
      read_commands();
      reap();
      if (clock_.now() >= next_scan_) scan();
      flush();
    }
    constexpr int kForeverMillis = 1 << 30;
    kill_all_descendants(kForeverMillis);
  }

 private:
  void wait() {
    std::array<pollfd, 2> polled{pollfd{socket_, POLLIN, 0}, pollfd{signals_, POLLIN, 0}};
    if (!unsent_.empty()) polled[0].events |= POLLOUT;
    int timeout = -1;
    if (next_scan_ != kNever) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(next_scan_ - clock_.now()).count();
      timeout = static_cast<int>(std::max<std::int64_t>(0, left));
    }
    ::poll(polled.data(), polled.size(), timeout);
  }

  void drain_signals() {
    signalfd_siginfo info{};
    while (::read(signals_, &info, sizeof info) == sizeof info) {
      if (info.ssi_signo == SIGTERM) owner_gone_ = true;
    }
  }

  void read_commands() {
    while (!owner_gone_) {
      Received received = receive(socket_, fds_);
      if (received.end) owner_gone_ = true;
      if (received.bytes.empty()) return;
      decoder_.feed(received.bytes);
      while (true) {
        auto message = decoder_.next();
        if (!message) {
          owner_gone_ = true;
          return;
        }
        if (!*message) break;
        carry_out(std::move(**message));
      }
    }
  }

  void carry_out(Message message) {
    if (auto* spawn = std::get_if<Spawn>(&message)) {
      start(spawn->request);
    } else if (const auto* signal = std::get_if<Signal>(&message)) {
      const auto child = children_.find(signal->id);
      if (child != children_.end() && !child->second.exit) {
        ::kill(-child->second.pid, signal->number);
      }
    } else if (const auto* end = std::get_if<End>(&message)) {
      const auto child = children_.find(end->id);
      if (child != children_.end()) {
        begin_end(child->second, std::chrono::milliseconds(end->grace_millis));
      }
    }
  }

  void start(const SpawnRequest& request) {
    std::vector<UniqueFd> passed;
    for (std::size_t i = 0; i < request.pass_fds.size() && !fds_.empty(); ++i) {
      passed.push_back(std::move(fds_.front()));
      fds_.pop_front();
    }
    Child child;
    child.marker = marker_prefix_ + "." + std::to_string(request.id);
    const auto pid = start_child(request, std::move(passed), child.marker);
    if (!pid) {
      say(StartFailed{request.id, static_cast<std::int32_t>(pid.error().kind),
                      pid.error().message});
      return;
    }
    child.pid = *pid;
    children_.emplace(request.id, std::move(child));
    say(Started{request.id, *pid});
  }

  void begin_end(Child& child, Duration grace) {
    const TimePoint now = clock_.now();
    child.kill_at = std::min(child.kill_at, now + grace);
    if (!child.ending && grace > Duration::zero()) {
      child.ending = true;
      signal_all(child, SIGTERM, descendants_of(::getpid(), list_processes()));
    }
    scan_from(now);
  }

  void scan_from(TimePoint now) {
    scan_pause_ = kShortestScan;
    next_scan_ = now;
  }

  void reap() {
    int status = 0;
    rusage usage{};
    while (true) {
      const pid_t pid = ::wait4(-1, &status, WNOHANG, &usage);
      if (pid <= 0) return;
      for (auto& [id, child] : children_) {
        if (child.pid == pid && !child.exit) {
          child.exit = exit_of(id, status, usage);
          scan_from(clock_.now());
        }
      }
    }
  }

  static SpawnExit exit_of(std::uint64_t id, int status, const rusage& usage) {
    const auto micros = [](const timeval& time) {
      return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
    };
    SpawnExit exit;
    exit.id = id;
    if (WIFSIGNALED(status)) {
      exit.signal = WTERMSIG(status);
    } else {
      exit.exit_code = WEXITSTATUS(status);
    }
    exit.user_micros = micros(usage.ru_utime);
    exit.system_micros = micros(usage.ru_stime);
    exit.peak_rss_kib = static_cast<std::uint64_t>(usage.ru_maxrss);
    return exit;
  }

  // A process belongs to a child when it descends from it, has its session, or (an orphan) carries
  // its marker. An orphan with none of these dies with the last child or with the owner.
  bool belongs(const Child& child, const Descendant& process) const {
    if (process.branch == child.pid || process.session == child.pid) return true;
    if (is_child(process.branch)) return false;
    return process_variable(process.branch, "BATCHMILL_SPAWN") == child.marker ||
           process_variable(process.pid, "BATCHMILL_SPAWN") == child.marker;
  }

  bool is_child(pid_t pid) const {
    for (const auto& [id, child] : children_) {
      if (child.pid == pid && !child.exit) return true;
    }
    return false;
  }

  // Signals what belongs to `child`; false when nothing is left that could be signalled.
  bool signal_all(const Child& child, int number, const std::vector<Descendant>& living) const {
    bool any = false;
    for (const Descendant& process : living) {
      if (process.pid != child.pid && is_child(process.pid)) continue;
      if (!belongs(child, process)) continue;
      if (::kill(process.pid, number) == 0) any = true;
    }
    return any;
  }

  // Brings every ending child nearer to its end and reports those of which nothing is left.
  void scan() {
    const TimePoint now = clock_.now();
    bool waiting = false;
    const std::vector<Descendant> living = descendants_of(::getpid(), list_processes());
    for (auto entry = children_.begin(); entry != children_.end();) {
      auto& [id, child] = *entry;
      if (child.exit && !signal_all(child, 0, living)) {
        say(Exited{*child.exit});
        entry = children_.erase(entry);
        continue;
      }
      if (child.exit && !child.ending) {
        child.ending = true;
        child.kill_at = std::min(child.kill_at, now + kLingerGrace);
        signal_all(child, SIGTERM, living);
      }
      if (now >= child.kill_at) signal_all(child, SIGKILL, living);
      waiting = waiting || child.exit || child.kill_at != kNever;
      ++entry;
    }
    if (children_.empty()) end_strays(living);
    next_scan_ = waiting ? now + scan_pause_ : kNever;
    scan_pause_ = std::min(scan_pause_ * 2, kLongestScan);
  }

  static void end_strays(const std::vector<Descendant>& living) {
    for (const Descendant& process : living) ::kill(process.pid, SIGKILL);
  }

  void say(const Message& message) { unsent_ += encode(message); }

  void flush() {
    while (!unsent_.empty()) {
      const ssize_t sent =
          ::send(socket_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0) {
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) owner_gone_ = true;
        return;
      }
      unsent_.erase(0, static_cast<std::size_t>(sent));
    }
  }

  SystemClock clock_;
  int socket_;
  int signals_;
  std::string marker_prefix_;
  bool owner_gone_ = false;
  std::map<std::uint64_t, Child> children_;
  Decoder decoder_;
  std::deque<UniqueFd> fds_;
  std::string unsent_;
  TimePoint next_scan_ = kNever;
  Duration scan_pause_ = kShortestScan;
};

void close_all_but(int keep) {
  const auto first = static_cast<unsigned>(keep);
  if (keep > 3) ::syscall(SYS_close_range, 3u, first - 1, 0u);
  ::syscall(SYS_close_range, std::max(first + 1, 3u), ~0u, 0u);
}

[[noreturn]] void run_spawner(int socket) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_NAME, "batchmill-spawn");
  // Ctrl-C and hang-ups are for whoever owns the agent to answer.
  ::setsid();
  close_all_but(socket);
  for (const int ignored : {SIGPIPE, SIGINT, SIGHUP, SIGQUIT}) ::signal(ignored, SIG_IGN);
  sigset_t handled;
  ::sigemptyset(&handled);
  ::sigaddset(&handled, SIGCHLD);
  ::sigaddset(&handled, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &handled, nullptr);
  const int signals = ::signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals >= 0) Spawner(socket, signals).run();
  ::_exit(signals >= 0 ? 0 : 1);
}

}  // namespace
}  // namespace spawner

Result<SpawnerLink> fork_spawner() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return tl::unexpected(error_from_errno(errno, "spawner socket"));
  }
  UniqueFd mine(ends[0]);
  UniqueFd other(ends[1]);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t pid = ::fork();
  if (pid < 0) return tl::unexpected(error_from_errno(errno, "cannot fork the spawner"));
  if (pid == 0) {
    mine.reset();
    spawner::run_spawner(other.get());
  }
  return SpawnerLink{std::move(mine), pid};
}

}  // namespace batchmill
