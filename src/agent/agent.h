#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "agent/agent_log.h"
#include "agent/agent_parts.h"
#include "agent/command_process.h"
#include "agent/core_queue.h"
#include "agent/leader_connection.h"
#include "agent/resource_monitor.h"
#include "agent/worker_process.h"
#include "ports/background.h"
#include "ports/channel.h"
#include "ports/core_slots.h"
#include "ports/loop.h"
#include "ports/process_memory.h"

namespace batchmill::agent {

struct AgentSettings {
  NodeId node;
  std::string socket_path;  // where the leader listens
  std::string host;
  std::int64_t pid = 0;
  // How long workers go on without a leader before the agent ends them and itself.
  Duration patience = std::chrono::seconds(60);
  // The same for an agent that has nothing a leader could come back for.
  Duration idle_patience = std::chrono::seconds(5);
  Duration heartbeat = std::chrono::seconds(1);
};

// What an agent is given; all of it outlives the agent.
struct AgentTools {
  Loop& loop;
  Processes& processes;  // not started yet
  ChannelDialer& dialer;
  WorkerLinks& links;
  CoreSlots& cores;
  Files& files;
  AgentLog& log;
  std::function<std::uint64_t()> oom_kills;
  ProcessMemory& memory;
  Background& memory_thread;  // for looks at the memory alone, so that they never wait
  Resources& resources;
  Gpus& gpus;
  Background& resource_thread;
};

// Why the agent ended.
enum class AgentEnd { kGoodbye = 0, kLeaderLost = 1, kSpawnerLost = 2 };

// The node: owns workers and commands on behalf of a leader that may die and come back
// (design.md sections 5 and 8; docs/formats/channel.md). It decides nothing but timers: what runs
// is the leader's order, and what ran is told until the leader has made it durable. Engine-free.
class Agent : private WorkerOwner {
 public:
  Agent(AgentSettings settings, AgentTools tools);
  ~Agent() override;
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  // Then run the loop: it is stopped when the job is over, when no leader came back, or when the
  // spawner died.
  void start();
  AgentEnd ended_by() const { return ended_by_; }

 private:
  void report(protocol::ToLeader&& message) override;
  void worker_began(const WorkerKey& worker) override;
  void worker_gone(const WorkerKey& worker) override;
  void look_at(TimePoint when) override;

  protocol::Hello hello() const;
  void on_message(protocol::ToAgent&& message);
  void on(const protocol::Welcome& message);
  void on(const protocol::StartWorker& message);
  void on(const protocol::StopWorker& message);
  void on(const protocol::Lease& message, Epoch epoch);
  void on(const protocol::Revoke& message);
  void on(const protocol::KillAttempt& message);
  void on(const protocol::StartCommand& message);
  void on(const protocol::KillCommand& message);
  void on(const protocol::WatchResources& message);

  WorkerProcess* find_worker(const std::string& step, std::uint32_t process);
  Spawned* find_spawned(std::uint64_t id);
  void stop_worker(WorkerProcess& worker, bool graceful, Duration grace);
  void kill_command(CommandProcess& command, Duration grace);
  bool is_reported(const std::string& command) const;
  bool has_something_to_keep() const;
  std::vector<ResourceLog::Worker> workers_of(const std::string& step) const;
  void poll_workers();
  void beat();
  void beat_at(TimePoint when);
  void sweep_later();
  void sweep();
  void end_all(AgentEnd why);

  const AgentSettings settings_;
  Loop& loop_;
  Processes& processes_;
  AgentLog& log_;
  AgentParts parts_;
  CoreQueue cores_;
  ResourceMonitor resources_;
  LeaderConnection leader_;
  std::map<WorkerKey, std::unique_ptr<WorkerProcess>> workers_;
  std::map<std::string, std::unique_ptr<CommandProcess>> commands_;
  std::unordered_map<std::uint64_t, Spawned*> spawned_;
  std::map<std::string, std::uint32_t> next_processes_;  // by step: all numbers below were used
  std::uint64_t last_spawn_id_ = 0;
  Epoch highest_epoch_;
  Loop::Timer poll_timer_ = 0;
  TimePoint poll_at_ = kNever;
  Loop::Timer beat_timer_ = 0;
  TimePoint beat_at_ = kNever;
  TimePoint last_beat_{};
  Loop::Timer sweep_timer_ = 0;
  Loop::Timer end_timer_ = 0;
  bool ending_ = false;
  AgentEnd ended_by_ = AgentEnd::kGoodbye;
};

}  // namespace batchmill::agent
