#include "apps/node_main.h"

#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>

#include "agent/agent.h"
#include "compute/asio_channel.h"
#include "model/job_folder.h"
#include "monitor/nvidia_smi.h"
#include "monitor/proc_memory.h"
#include "monitor/proc_resources.h"
#include "os/asio_loop.h"
#include "os/background_thread.h"
#include "os/command_runner.h"
#include "os/core_slots.h"
#include "os/files_posix.h"
#include "os/machine_cores.h"
#include "os/ofd_locks.h"
#include "os/spawner.h"
#include "os/spawner_client.h"
#include "worker/socket_worker_link.h"

namespace batchmill::apps {

namespace {

struct NodeArguments {
  NodeId node;
  std::string job_folder, socket_path;
};

bool parse(const std::vector<std::string>& words, NodeArguments& arguments) {
  if (words.size() != 6 || words[0] != "--node" || words[2] != "--job" || words[4] != "--socket") {
    return false;
  }
  const std::string& number = words[1];
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), arguments.node.value);
  arguments.job_folder = words[3];
  arguments.socket_path = words[5];
  return error == std::errc() && *end == '\0';
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

int complain(const Error& error) {
  std::fprintf(stderr, "error: %s\n", error.message.c_str());
  return 1;
}

int run_node(const NodeArguments& arguments, SpawnerLink spawner, std::unique_ptr<HeldLock> lock) {
  const auto held = std::move(lock);
  AsioLoop loop;
  FilesPosix files;
  auto cores = FileCoreSlots::open(FileCoreSlots::default_path(), usable_cores());
  if (!cores) return complain(cores.error());
  SpawnerClient processes(loop, std::move(spawner));
  AsioChannelDialer dialer(loop.context());
  SocketWorkerLinks links(loop);
  monitor::ProcMemory memory;
  LocalCommandRunner commands;
  monitor::ProcResources resources(commands);
  monitor::NvidiaSmi gpus(commands);
  BackgroundThread memory_thread;
  BackgroundThread resource_thread;
  agent::AgentLog log(files, loop, JobFolder(arguments.job_folder).agent_log(arguments.node.value));
  agent::AgentSettings settings;
  settings.node = arguments.node;
  settings.socket_path = arguments.socket_path;
  settings.host = host_name();
  settings.pid = ::getpid();
  agent::Agent agent(settings, {.loop = loop,
                                .processes = processes,
                                .dialer = dialer,
                                .links = links,
                                .cores = *cores,
                                .files = files,
                                .log = log,
                                .oom_kills = oom_kills,
                                .memory = memory,
                                .memory_thread = memory_thread,
                                .resources = resources,
                                .gpus = gpus,
                                .resource_thread = resource_thread});
  agent.start();
  loop.run();
  return 0;
}

}  // namespace

int node_main(const std::vector<std::string>& words) {
  NodeArguments arguments;
  if (!parse(words, arguments)) {
    std::fputs("batchmill node: started by a job's leader, not by hand\n", stderr);
    return 2;
  }
  ::signal(SIGPIPE, SIG_IGN);
  // Before the lock is opened and before any thread exists: the spawner keeps nothing of ours.
  auto spawner = fork_spawner();
  if (!spawner) return complain(spawner.error());
  OfdLocks locks;
  auto lock =
      locks.try_lock(fmt::format("{}/agents/{}.lock", arguments.job_folder, arguments.node.value));
  if (!lock) return complain(lock.error());
  return run_node(arguments, std::move(*spawner), std::move(*lock));
}

}  // namespace batchmill::apps
