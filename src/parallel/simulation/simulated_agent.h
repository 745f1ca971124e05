#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <vector>

#include "parallel/scheduler.h"
#include "parallel/simulation/random.h"
#include "parallel/simulation/scenario.h"
#include "parallel/simulation/timeline.h"

namespace batchmill::parallel::simulation {

// Everything that was ever run, by the offset that its outcome carries: what a committed record
// says must be what happened.
struct Execution {
  AttemptId id;
  Outcome outcome;
};
using Executions = std::vector<Execution>;

// What an agent says, in order; kept until the leader acknowledged it.
struct Report {
  std::uint64_t sequence = 0;
  Event event;
};

// A node with its workers. It outlives leaders and connections, keeps what was not acknowledged,
// and refuses commands of an older epoch than it has seen.
class SimulatedAgent {
 public:
  SimulatedAgent(NodeId node, const Scenario& scenario, Timeline& time, Random& random,
                 Executions& executions, std::function<void(const Report&)> send);

  void obey(const Effect& command, Epoch epoch);
  void acknowledge(std::uint64_t sequence);
  // Names what its workers hold; `finished_too`: also leases whose results it will replay.
  NodeJoined hello(bool finished_too) const;
  const std::deque<Report>& unacknowledged() const { return unacknowledged_; }
  std::vector<WorkerBusy> heartbeat() const;
  void kill_some_worker();  // from outside, as the kernel does when memory is short
  void die();               // with all workers and all that was not sent
  bool is_dead() const { return dead_; }
  bool has_workers() const { return !processes_.empty(); }
  std::size_t most_held() const { return most_held_; }  // leases that one worker ever held

 private:
  struct Running {
    AttemptId id;
    std::uint64_t turn = 0;
    TimePoint since;
  };
  struct Process {
    WorkerId id;
    bool ready = false;
    std::uint64_t turn = 0;        // of init()
    std::vector<Running> running;  // one, or as many as a streaming worker holds
    std::deque<AttemptId> queue;   // not started yet
  };

  void start_worker(WorkerId id);
  void stop_worker(WorkerId id, bool graceful);
  void lease(const Lease& lease);
  void revoke(const Revoke& revoke);
  void kill_attempt(const KillAttempt& kill);
  void init_ended(WorkerId id, std::uint64_t turn);
  void run_next(Process& process);
  void run_ended(WorkerId id, std::uint64_t turn, const Run& run);
  void report(Event event);
  // Takes `running` out of those that run and reports it.
  void end_run(Process& process, std::size_t running, AttemptStatus status,
               std::uint32_t succeeded);
  void give_back(WorkerId id, const std::vector<AttemptId>& leases);
  void exit(WorkerId id, bool asked);

  NodeId node_;
  const Scenario& scenario_;
  Timeline& time_;
  Random& random_;
  Executions& executions_;
  std::function<void(const Report&)> send_;
  std::map<std::uint32_t, Process> processes_;
  std::uint32_t next_process_ = 0;
  std::uint64_t turns_ = 0;
  std::uint64_t sequence_ = 0;
  std::deque<Report> unacknowledged_;
  Epoch epoch_;
  std::size_t most_held_ = 0;
  bool dead_ = false;
};

}  // namespace batchmill::parallel::simulation
