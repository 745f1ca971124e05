#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parallel/scheduler.h"
#include "parallel/simulation/journal.h"
#include "parallel/simulation/oracle.h"
#include "parallel/simulation/pace_check.h"
#include "parallel/simulation/random.h"
#include "parallel/simulation/scenario.h"
#include "parallel/simulation/simulated_agent.h"
#include "parallel/simulation/timeline.h"

namespace batchmill::parallel::simulation {

// One step from its start to its end: the production scheduler as the leader's brain, simulated
// agents, connections and a ledger, and a world that breaks them as the scenario says.
//   cluster.cc          the run as a whole, faults
//   cluster_leader.cc   lives of the leader, its effects, the ledger
//   cluster_network.cc  connections
class Cluster {
 public:
  explicit Cluster(std::uint64_t seed);
  // Empty, or what went wrong. Deterministic for a seed.
  std::string run();

  struct Statistics {
    std::uint64_t events = 0;
    std::uint32_t lives = 0, nodes = 0, connections = 0;
    std::uint64_t attempts = 0, splits = 0, twins = 0;
    std::uint32_t resumes = 0;
    Verdict verdict = Verdict::kCompleted;
    Cause cause = Cause::kNone;
    std::uint64_t digest = 0;  // of every effect of every leader
  };
  const Statistics& statistics() const { return statistics_; }

 private:
  // What survives every leader.
  struct Ledger {
    Epoch epoch;
    std::vector<AttemptRecord> attempts;
    MiniBatchId high_water;
  };
  // A node as the outside sees it: the agent and its present connection, if there is one.
  struct Link {
    std::unique_ptr<SimulatedAgent> agent;
    std::uint64_t connection = 0;  // 0: none
    bool joined = false;           // the present leader was told
    bool given_up = false;         // its leader lost it: it may not come back
    TimePoint last_up{}, last_down{};
    std::uint64_t heard = 0;  // highest sequence that reached the present leader
  };
  struct PendingCommit {
    Commit commit;
    std::map<std::uint32_t, std::uint64_t> heard;  // per node, when the group closed
  };

  // ---- faults
  void begin_faults();
  void repeat_fault(double per_second, void (Cluster::*fault)());
  void kill_node();
  void kill_worker();
  void cut_connection();
  std::optional<std::uint32_t> some_node();

  // ---- the leader
  void start_leader();
  void crash_leader();
  void plan_more();
  void tell(const Event& event);
  void carry_out(const std::vector<Effect>& effects);
  void set_timer();
  void begin_commit();
  void end_commit();
  void acknowledge(const PendingCommit& done);
  void node_is_lost(std::uint32_t node);
  void on_finish(const Finish& finish);
  bool may_resume(const Finish& finish) const;
  void resume();
  void leader_is_gone();

  // ---- the network
  void start_node();
  void dial(std::uint32_t node);
  void hang_up(std::uint32_t node);
  TimePoint arrival(TimePoint& last, bool may_be_overtaken);
  void up(std::uint32_t node, const Report& report);
  void deliver(std::uint32_t node, std::uint64_t connection, const Report& report);
  void down(WorkerId worker, const Effect& command);
  void tell_if_all_are_back();
  void heartbeats();

  Scenario scenario_;
  Random random_;
  Timeline time_;
  Executions executions_;
  Oracle oracle_;
  Ledger ledger_;
  Journal journal_;
  std::map<std::uint32_t, Link> links_;
  std::uint32_t next_node_ = 0;
  std::uint64_t next_connection_ = 0;

  std::unique_ptr<PaceCheck> pace_;       // of this life
  std::unique_ptr<Scheduler> scheduler_;  // none while the leader is down
  std::uint64_t life_ = 0;                // makes timers of dead leaders void
  std::uint64_t planned_ = 0;
  bool plan_complete_ = false;  // as the present leader knows
  TimePoint timer_ = kNever;
  std::deque<PendingCommit> commits_;
  bool committing_ = false;
  bool cancelled_ = false;
  bool commit_failed_ = false;
  bool done_ = false;
  TimePoint calm_at_{};
  Statistics statistics_;
};

}  // namespace batchmill::parallel::simulation
