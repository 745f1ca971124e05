#pragma once

#include <cstdint>
#include <functional>

#include "agent/agent_log.h"
#include "agent/core_queue.h"
#include "agent/gpu_shares.h"
#include "agent/memory_guard.h"
#include "ports/files.h"
#include "ports/loop.h"
#include "ports/processes.h"
#include "ports/worker_link.h"
#include "protocol/channel.pb.h"

namespace batchmill::agent {

// What workers and commands of one agent share. All of it outlives them.
struct AgentParts {
  Loop& loop;
  Processes& processes;
  WorkerLinks& links;
  Files& files;
  AgentLog& log;
  std::function<std::uint64_t()> oom_kills;  // how often the kernel has killed for memory so far
  GpuShares gpus;
  MemoryGuard memory;
};

// Takes a message for the leader: sent now or after the next connection, in order.
using Report = std::function<void(protocol::ToLeader&&)>;

}  // namespace batchmill::agent
