#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "parallel/commit_groups.h"
#include "parallel/lease_window.h"
#include "parallel/rate_limit.h"
#include "parallel/scheduler.h"
#include "parallel/watchdogs.h"
#include "parallel/work_pool.h"
#include "parallel/worker_table.h"

// The inside of the scheduler. Its member functions are spread over files by topic:
//   scheduler.cc           events in, deadlines out, recovery
//   scheduler_results.cc   attempts that ended, commits
//   scheduler_staff.cc     nodes and workers come and go
//   scheduler_leasing.cc   who gets what
//   scheduler_twins.cc     second attempts of stragglers
//   scheduler_ending.cc    what ends the step, and how
//   scheduler_check.cc     sanity_check()
namespace batchmill::parallel {

// How long results that an agent kept may still come after it joined, before what it does not hold
// is leased to others.
constexpr Duration kReplayGrace = std::chrono::milliseconds(250);
// How long mini-batches of an earlier life wait for agents that may hold them.
constexpr Duration kAgentPatience = std::chrono::seconds(60);
// While the plan grows, no more workers than planned mini-batches are started for so long.
constexpr Duration kStartEagerlyAfter = std::chrono::milliseconds(250);
// A worker that has not moved for so long gives its queue to idle ones.
constexpr Duration kStuckAfter = std::chrono::milliseconds(50);
constexpr Duration kMostBetweenRebalances = std::chrono::seconds(1);
// At the end: attempts may end, kills may be answered, workers may shut down.
constexpr Duration kDrainFor = std::chrono::seconds(10);
constexpr Duration kKillFor = std::chrono::seconds(10);
constexpr Duration kStopFor = std::chrono::seconds(60);

// One call of handle().
struct Turn {
  TimePoint now;
  std::vector<Effect>& effects;
};

enum class Stage : std::uint8_t {
  kRunning,
  kDraining,  // no leases any more; running attempts may end
  kKilling,   // those that did not are killed
  kStopping,  // workers shut down; last results are committed
  kFinished,
};

struct Scheduler::State {
  State(StepRules step_rules, Epoch leader_epoch, TimePoint now);

  // ---- scheduler.cc
  void wrap_up(Turn& turn);
  void rest_watchdogs(TimePoint now);
  void refresh_tally();
  TimePoint next_deadline() const;
  void on(const PlanGrew& event, Turn& turn);
  void on(const PlanComplete& event, Turn& turn);
  void on(const PlanFailed& event, Turn& turn);
  void on(const Tick& event, Turn& turn);
  void on(const CancelRequested& event, Turn& turn);

  // ---- scheduler_results.cc
  void on(const AttemptFinished& event, Turn& turn);
  void on(const LeasesReturned& event, Turn& turn);
  void on(const Committed& event, Turn& turn);
  void on(const CommitFailed& event, Turn& turn);
  void take_result(WorkerId worker, const AttemptId& id, const Outcome& outcome, bool held,
                   Turn& turn);
  void apply(const Settled& result, TimePoint now);
  std::uint32_t items_given(const AttemptId& id, const Outcome& outcome) const;
  void schedule_retry(const Settled& failed, TimePoint now);
  void schedule_halves(const Settled& failed, TimePoint now);
  Retry next_try(const Settled& failed, const History& history, TimePoint now) const;

  // ---- scheduler_staff.cc
  void on(const NodeJoined& event, Turn& turn);
  void on(const AllNodesBack& event, Turn& turn);
  void on(const NodeLost& event, Turn& turn);
  void on(const NoNodesLeft& event, Turn& turn);
  void on(const WorkerStarting& event, Turn& turn);
  void on(const WorkerReady& event, Turn& turn);
  void on(const WorkerFailed& event, Turn& turn);
  void on(const WorkerExited& event, Turn& turn);
  void on(const WorkerBusy& event, Turn& turn);
  void adopt(Node& node, const AdoptedWorker& adopted, Turn& turn);
  void reconcile(Node& node, const NodeJoined& event, TimePoint now);
  void init_failed(WorkerId worker, InitFailure kind, const std::string& error, Turn& turn);
  void start_workers(Turn& turn);
  void start_one(Node& node, Turn& turn);
  void note_start(TimePoint now);
  std::uint64_t workers_wanted(TimePoint now) const;
  void give_back_all(Worker& worker, TimePoint now);

  // ---- scheduler_leasing.cc
  std::uint32_t limit_for(const Worker& worker) const;
  std::uint32_t allowed(std::uint32_t most, Turn& turn);
  void feed(Worker& worker, Turn& turn);
  void feed_hungry(Turn& turn);
  void enlist(Worker& worker, TimePoint now);
  void rebalance(Turn& turn);
  bool has_idle_and_queued() const;

  // ---- scheduler_twins.cc
  void speculate(Turn& turn);
  std::optional<Duration> straggles_after() const;
  struct Straggler {
    TimePoint since;
    WorkerId worker;
    AttemptId attempt;
  };
  std::vector<Straggler> stragglers(Duration limit, TimePoint now, std::vector<WorkerId>& free);
  void lease_twin(const Straggler& straggler, Worker& second, Turn& turn);
  bool adopt_twin(const AttemptId& id, WorkerId by);
  void take_twin_result(Twins& twins, AttemptRecord record, Turn& turn);
  void call_off(Twins& twins, Turn& turn);
  void call_off_again(const AttemptId& id, WorkerId by, Turn& turn);
  void commit_of_twins(Twins& twins, AttemptRecord record, TimePoint now);
  void lease_ended(const AttemptId& id, TimePoint now, std::optional<TimePoint> until = {});
  struct Durability {
    bool decided = false;      // nothing follows from it any more
    bool one_is_left = false;  // another result of the same may still come or is not durable
  };
  Durability twin_result_is_durable(const AttemptId& id);

  // ---- scheduler_ending.cc
  void check_endings(Turn& turn);
  std::optional<Finish> ending_by_init(TimePoint now) const;
  std::optional<TimePoint> init_deadline() const;
  std::optional<Finish> natural_end() const;
  void end_step(Finish why, Turn& turn);
  void advance_ending(Turn& turn);
  void repeat_ending(const Node& node, Turn& turn);
  void revoke_all(const std::vector<WorkerId>& ids, Turn& turn);
  void kill_attempts(const std::vector<WorkerId>& ids, Turn& turn);
  void stop_workers(const std::vector<WorkerId>& ids, Turn& turn);
  void enter_killing(Turn& turn);
  void enter_stopping(Turn& turn);
  void force_stop(Turn& turn);

  // ---- scheduler_check.cc
  std::string inconsistency() const;
  std::string wrong_figures() const;
  std::string wrong_leases() const;
  std::string wrong_end() const;

  StepRules rules;
  Epoch epoch;
  TimePoint started;

  WorkPool pool;
  WorkerTable workers;
  LeaseWindow window;
  RateLimit rate;
  CommitGroups groups;
  Watchdogs watchdogs;
  Tally tally;

  // Ready workers that hold nothing, and those that hold less than they could; may name workers
  // that are gone.
  std::deque<WorkerId> idle;
  std::deque<WorkerId> thirsty;

  // What an event changed, so that wrap_up() does no more than needed.
  bool work_changed = false;
  bool staff_changed = false;
  bool figures_changed = false;

  TimePoint retry_release_at = kNever;  // a retry stops avoiding a worker that is idle
  TimePoint tokens_due_at = kNever;     // the rate limit keeps work from a worker that wants it
  TimePoint starts_due_at = kNever;     // a delayed start of a worker
  TimePoint rebalance_at = kNever;
  Duration rebalance_every = kStuckAfter;
  TimePoint speculate_at = kNever;
  TimePoint last_speculated{};

  std::uint64_t init_failures = 0;
  bool ever_ready = false;
  std::string init_error;  // of the last failed init()
  TimePoint last_start{};  // of a worker's process
  TimePoint next_start{};  // none earlier, by init_stagger

  Stage stage = Stage::kRunning;
  Finish ending;
  TimePoint stage_deadline = kNever;
  bool stop_is_forced = false;
  bool commit_failed = false;
};

}  // namespace batchmill::parallel
