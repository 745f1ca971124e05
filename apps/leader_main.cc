#include "apps/leader_main.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "apps/exit_codes.h"
#include "apps/installation.h"
#include "apps/supervisor.h"
#include "apps/version.h"
#include "compute/asio_channel.h"
#include "compute/local_nodes.h"
#include "db/sqlite_ledger.h"
#include "db/sqlite_stores.h"
#include "engine/leader.h"
#include "monitor/nvidia_smi.h"
#include "os/asio_loop.h"
#include "os/command_runner.h"
#include "os/files_bulk.h"
#include "os/files_posix.h"
#include "os/machine_cores.h"
#include "os/ofd_locks.h"

namespace batchmill::apps {

namespace {

engine::Environment own_environment() {
  engine::Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (const char* equals = std::strchr(*entry, '=')) {
      environment.emplace_back(std::string(*entry, static_cast<std::size_t>(equals - *entry)),
                               equals + 1);
    }
  }
  return environment;
}

// Tells the supervisor once that this life was useful.
std::function<void()> progress_signal(int fd) {
  return [fd]() mutable {
    if (fd < 0) return;
    (void)!::write(fd, "p", 1);
    ::close(fd);
    fd = -1;
  };
}

int lead(const std::string& program, const std::string& job_folder, int progress_fd) {
  ::fcntl(progress_fd, F_SETFD,
          FD_CLOEXEC);  // the supervisor must see its end when this process ends
  OfdLocks locks;
  const JobFolder job(job_folder);
  const auto lock = locks.try_lock(job.lock());
  if (!lock) return lock.error().kind == ErrorKind::kUnavailable ? kExitLocked : kExitError;
  AsioLoop loop;
  FilesPosix files;
  FilesBulk bulk;
  db::SqliteStores stores;
  db::SqliteLedgers ledgers;
  LocalNodes nodes(program);
  LocalCommandRunner commands;
  monitor::NvidiaSmi gpus(commands);
  AsioChannelListener listener(loop.context());
  engine::Leader leader({.loop = loop,
                         .files = files,
                         .bulk = bulk,
                         .locks = locks,
                         .nodes = nodes,
                         .listener = listener,
                         .stores = stores,
                         .ledgers = ledgers,
                         .pid = ::getpid(),
                         .cores = usable_cores(),
                         .gpus = gpus,
                         .environment = own_environment(),
                         .python_folder = python_folder(program),
                         .version = kVersion,
                         .on_progress = progress_signal(progress_fd)},
                        job);
  const auto result = leader.run();
  if (result) return kExitDone;
  (void)files.append(job.leader_log(), fmt::format("error: {}\n", result.error().message));
  return kExitError;
}

}  // namespace

int leader_main(const std::string& program, const std::vector<std::string>& arguments) {
  ::signal(SIGPIPE, SIG_IGN);
  if (arguments.size() == 2 && arguments[0] == "--supervise")
    return supervise(program, arguments[1]);
  if (arguments.size() == 4 && arguments[0] == "--job" && arguments[2] == "--progress-fd") {
    return lead(program, arguments[1], std::atoi(arguments[3].c_str()));
  }
  std::fputs("batchmill leader: started by 'batchmill job create', not by hand\n", stderr);
  return 2;
}

}  // namespace batchmill::apps
