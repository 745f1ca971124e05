#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "agent/agent.h"
#include "agent/leader_rig.h"
#include "compute/asio_channel.h"
#include "monitor/proc_memory.h"
#include "monitor/proc_resources.h"
#include "os/asio_loop.h"
#include "os/background_thread.h"
#include "os/command_runner.h"
#include "os/files_posix.h"
#include "os/process_tree.h"
#include "os/spawner_client.h"
#include "worker/socket_worker_link.h"

// An agent with its real parts, real processes, and a leader that only writes down what it is told.
namespace batchmill::agent {

inline std::uint32_t code(AttemptStatus status) { return static_cast<std::uint32_t>(status); }

class CountedCores : public CoreSlots {
 public:
  explicit CountedCores(int free) : free_(free) {}
  std::unique_ptr<CoreSlot> try_acquire() override {
    if (free_ == 0) return nullptr;
    return std::make_unique<Slot>(free_);
  }
  std::uint32_t usable_cores() const override { return 4; }

 private:
  struct Slot : CoreSlot {
    explicit Slot(int& count) : free(count) { --free; }
    ~Slot() override { ++free; }
    int& free;
  };
  int free_;
};

class OneGpu : public Gpus {
 public:
  std::vector<GpuReading> read() override { return {{0, 35u, 1024u, 16160u}}; }
};

class AgentRig : public testing::Test {
 protected:
  // More than a fake worker needs, less than one that allocates.
  static constexpr std::uint64_t kMemoryLimit = std::uint64_t{200} << 20;

  AgentRig() : link_(*fork_spawner()) {
    std::string name = (std::filesystem::temp_directory_path() / "batchmill-agent-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    std::filesystem::create_directories(folder_ / "spool");
    std::filesystem::create_directories(folder_ / "code");
    loop_ = std::make_unique<AsioLoop>();
    processes_ = std::make_unique<SpawnerClient>(*loop_, std::move(link_));
    dialer_ = std::make_unique<AsioChannelDialer>(loop_->context());
    links_ = std::make_unique<SocketWorkerLinks>(*loop_);
    log_ = std::make_unique<AgentLog>(files_, *loop_, path("agent.log"));
    leader_ = std::make_unique<FakeLeader>(*loop_, socket_path(), 1);
    settings_.node = NodeId{7};
    settings_.socket_path = socket_path();
    settings_.host = "here";
    settings_.pid = getpid();
    memory_thread_ = std::make_unique<BackgroundThread>();
    resource_thread_ = std::make_unique<BackgroundThread>();
  }
  ~AgentRig() override {
    if (HasFailure()) std::cerr << read("agent.log");
    agent_.reset();
    memory_thread_.reset();
    resource_thread_.reset();
    leader_.reset();
    processes_.reset();
    std::filesystem::remove_all(folder_);
  }

  void start_agent() {
    agent_ =
        std::make_unique<Agent>(settings_, AgentTools{.loop = *loop_,
                                                      .processes = *processes_,
                                                      .dialer = *dialer_,
                                                      .links = *links_,
                                                      .cores = cores_,
                                                      .files = files_,
                                                      .log = *log_,
                                                      .oom_kills = [] { return std::uint64_t{0}; },
                                                      .memory = memory_,
                                                      .memory_thread = *memory_thread_,
                                                      .resources = resources_,
                                                      .gpus = gpus_,
                                                      .resource_thread = *resource_thread_});
    agent_->start();
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string socket_path() const { return path("leader.sock"); }
  std::string read(const std::string& name) const {
    std::ostringstream content;
    content << std::ifstream(folder_ / name).rdbuf();
    return content.str();
  }
  void touch(const std::string& name) const { std::ofstream(folder_ / name) << "x"; }

  // `runs`: how single mini-batches go, as JSON members (tests/fakes/fake_worker.py).
  protocol::StartWorker worker(const std::string& runs = "", const std::string& init = "ok",
                               std::uint32_t process = 0) const {
    std::ofstream(folder_ / "worker.json")
        << R"({"root": ")" << folder_.string() << R"(", "init": ")" << init << R"(", "runs": {)"
        << runs << "}}";
    protocol::StartWorker start;
    start.set_step("score");
    start.set_process(process);
    start.add_argv("/usr/bin/python3");
    start.add_argv(BATCHMILL_SOURCE_DIR "/tests/fakes/fake_worker.py");
    auto& variable = *start.add_environment();
    variable.set_name("PATH");
    variable.set_value("/usr/bin:/bin");
    start.set_working_folder(path("code"));
    start.set_spec_path(path("worker.json"));
    start.set_spool(process);
    start.set_spool_path(path("spool/" + std::to_string(process)));
    start.set_log_folder(path("logs"));
    start.set_load_timeout_ns(Duration(std::chrono::seconds(100)).count());
    start.set_run_timeout_ns(Duration(std::chrono::seconds(100)).count());
    return start;
  }
  protocol::ToAgent command(const std::string& script, Duration timeout = {}) const {
    auto message = leader_->order();
    auto& start = *message.mutable_start_command();
    start.set_id("train.1");
    start.set_step("train");
    for (const std::string& word : {std::string("/bin/sh"), std::string("-c"), script}) {
      start.add_argv(word);
    }
    start.set_working_folder(path("code"));
    start.set_log_path(path("user_logs/std_log.txt"));
    start.set_timeout_ns(timeout.count());
    return message;
  }

  void run_until(const std::function<bool()>& condition) {
    const TimePoint deadline = loop_->now() + std::chrono::seconds(30);
    std::function<void()> check = [&] {
      if (condition() || loop_->now() > deadline) return loop_->stop();
      loop_->call_at(loop_->now() + std::chrono::milliseconds(2), check);
    };
    loop_->post(check);
    loop_->run();
    ASSERT_TRUE(condition());
  }
  void run_for(Duration duration) {
    loop_->call_at(loop_->now() + duration, [this] { loop_->stop(); });
    loop_->run();
  }
  void run_until_connected() {
    run_until([this] { return leader_->hello.version() != 0; });
  }
  void run_until_received(protocol::ToLeader::BodyCase body) {
    run_until([this, body] { return leader_->has(body); });
  }
  void start_ready_worker(const protocol::StartWorker& start) {
    run_until_connected();
    leader_->start_worker(start);
    run_until_received(protocol::ToLeader::kWorkerReady);
  }
  void run_until_running() {
    run_until([this] {
      return !leader_->heartbeats.empty() && leader_->heartbeats.back().busy_size() > 0 &&
             leader_->heartbeats.back().busy(0).running();
    });
  }
  // Once that worker has a process.
  pid_t pid_of(std::uint32_t process = 0) {
    run_until([this, process] { return leader_->starting(process).has_value(); });
    return static_cast<pid_t>(
        leader_->starting(process).value_or(protocol::WorkerStarting()).pid());
  }
  // The leader dies; another takes its place.
  void replace_leader(std::uint32_t epoch) {
    leader_.reset();
    leader_ = std::make_unique<FakeLeader>(*loop_, socket_path(), epoch);
  }
  // The leader dies and nobody takes its place: how long the agent stays.
  Duration time_alone() {
    leader_.reset();
    std::filesystem::remove(socket_path());
    const TimePoint began = loop_->now();
    loop_->run();
    return loop_->now() - began;
  }
  static bool is_alive(pid_t pid) {
    const auto all = list_processes();
    return std::any_of(all.begin(), all.end(), [pid](const ProcessEntry& process) {
      return process.pid == pid && !process.zombie;
    });
  }

  SpawnerLink link_;  // before any thread
  std::filesystem::path folder_;
  FilesPosix files_;
  AgentSettings settings_;  // as they are when the agent starts
  CountedCores cores_{4};
  monitor::ProcMemory memory_;
  LocalCommandRunner commands_;
  monitor::ProcResources resources_{commands_};
  OneGpu gpus_;
  std::unique_ptr<AsioLoop> loop_;
  std::unique_ptr<SpawnerClient> processes_;
  std::unique_ptr<AsioChannelDialer> dialer_;
  std::unique_ptr<SocketWorkerLinks> links_;
  std::unique_ptr<AgentLog> log_;
  std::unique_ptr<FakeLeader> leader_;
  std::unique_ptr<BackgroundThread> memory_thread_;
  std::unique_ptr<BackgroundThread> resource_thread_;
  std::unique_ptr<Agent> agent_;
};

}  // namespace batchmill::agent
