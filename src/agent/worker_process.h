#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/agent_parts.h"
#include "agent/poll_pace.h"
#include "agent/spawned.h"
#include "agent/worker_leases.h"
#include "agent/worker_messages.h"
#include "base/time.h"
#include "model/attempt.h"
#include "model/ids.h"
#include "parallel/attempt_timer.h"
#include "protocol/board_view.h"
#include "runlog/error_record.h"

namespace batchmill::agent {

// (step, process): what the leader calls a worker on this node.
using WorkerKey = std::pair<std::string, std::uint32_t>;

// What a worker tells the agent that owns it.
class WorkerOwner {
 public:
  virtual ~WorkerOwner() = default;
  virtual void report(protocol::ToLeader&& message) = 0;
  virtual void worker_began(const WorkerKey& worker) = 0;  // an idle worker has something to do
  virtual void worker_gone(const WorkerKey& worker) = 0;   // all is reported; destroy it later
  virtual void look_at(TimePoint when) = 0;                // call poll_workers() by then
};

// One worker from its start to the last message about it: its process, leases, timers and results.
// Reports in this order: WorkerStarting; WorkerReady; Results, LeasesReturned, notices; at the end
// LeasesReturned, then WorkerExited (it was ready, or was stopped on purpose) or WorkerFailed.
class WorkerProcess : public Spawned {
 public:
  WorkerProcess(const protocol::StartWorker& order, NodeId node, std::uint64_t spawn_id,
                AgentParts& parts, WorkerOwner& owner);
  ~WorkerProcess() override;
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  void start(std::unique_ptr<CoreSlot> slot);

  // Orders of the leader.
  void lease(const protocol::Lease& order, Epoch epoch);
  void revoke(std::uint32_t keep);
  void kill_attempt(MiniBatchId mini_batch, const ItemRange& part, AttemptStatus status);
  void stop(bool graceful, Duration grace);

  // What the spawner says.
  void on_started(int pid) override;
  void on_start_failed(const Error& error) override;
  void on_exit(const SpawnExit& exit) override;

  // Looks at the board if it is time to.
  void poll_if_due(TimePoint now);
  TimePoint next_poll() const { return next_poll_; }

  std::uint64_t spawn_id() const { return spawn_id_; }
  int pid() const { return pid_; }  // 0: it has no process
  bool is_waiting() const { return phase_ == Phase::kWaiting; }
  bool is_gone() const { return phase_ == Phase::kGone; }
  protocol::LiveWorker live() const;
  std::optional<protocol::Busy> busy(TimePoint now);

 private:
  // What a process gets between TERM and KILL when it is in the way.
  static constexpr int kEndGraceMillis = 1000;

  enum class Phase { kWaiting, kStarting, kReady, kExited, kGone };

  // An attempt that ends with its process, to be reported once that is gone.
  struct LostAttempt {
    HeldLease lease;
    AttemptStatus status = AttemptStatus::kCanceled;
    TimePoint start;
    Duration took{};
    bool was_running = false;
    std::uint32_t items = 0;  // 0: not told
    runlog::ErrorRecord error;
  };

  SpawnRequest spawn_request() const;
  void tell_gpu(SpawnRequest& request) const;
  void fail_start(const std::string& message);

  void on_message(const std::string& json);
  void handle(const WorkerHello& message);
  void handle(const WorkerInitDone& message);
  void handle(WorkerInitFailed& message);
  void handle(WorkerAttemptError& message);
  void handle(WorkerNoticeGiven& message);
  void handle(const WorkerBye& message);
  void on_closed(const Error& error);

  void poll(TimePoint now);
  std::uint32_t take_results();
  static protocol::AttemptResult result_for(const HeldLease& lease);
  protocol::AttemptResult result_of(const board::Entry& entry, const HeldLease& lease);
  std::string error_of(std::uint64_t ticket, MiniBatchId mini_batch);
  void send_leases();
  parallel::AttemptSlots slots();
  std::uint32_t items_of(std::uint64_t ticket);
  std::vector<std::uint64_t> active_tickets(const parallel::AttemptSlots& slots);
  TimePoint start_of(std::uint64_t ticket, const parallel::AttemptSlots& slots) const;
  void kill_what_is_due(const parallel::AttemptSlots& slots, TimePoint now);
  void begin_kill(std::uint64_t ticket, AttemptStatus status, const parallel::AttemptSlots& slots);
  void lose(std::uint64_t ticket, AttemptStatus status, const parallel::AttemptSlots& slots);
  void end_for_memory(std::uint64_t bytes);
  void finish_dump();
  void note_activity(const parallel::AttemptSlots& slots);

  void break_off(const std::string& message);
  void end_within(Duration grace);
  void charge(const SpawnExit& exit);
  protocol::AttemptResult result_of(LostAttempt& lost, const SpawnExit& exit) const;
  void say_farewell(const SpawnExit& exit);
  runlog::ErrorRecord cause_of_death(const SpawnExit& exit) const;

  void flush_results();
  void report_results(std::vector<protocol::AttemptResult>&& results);
  void report_returned(const std::vector<HeldRange>& ranges);
  void report_notice(std::string notice);
  void log_error(const LostAttempt& lost, std::string dump, std::string stderr_tail) const;
  std::string stderr_between(std::uint64_t begin, std::uint64_t end) const;
  std::string stderr_tail() const;
  std::uint64_t stderr_size() const;
  std::string name() const;

  const protocol::StartWorker order_;
  const NodeId node_;
  const std::uint64_t spawn_id_;
  AgentParts& parts_;
  WorkerOwner& owner_;
  const WorkerKey key_;
  const std::string stdout_path_;
  const std::string stderr_path_;
  const parallel::AttemptLimits limits_;

  Phase phase_ = Phase::kWaiting;
  bool was_ready_ = false;
  bool asked_ = false;  // the leader wants it stopped
  std::unique_ptr<CoreSlot> slot_;
  std::unique_ptr<GpuShares::Held> gpu_;
  std::unique_ptr<WorkerLink> link_;
  std::optional<board::AgentView> view_;
  WorkerLeases leases_;
  std::uint64_t planned_ = 0;
  std::map<std::uint64_t, std::string> errors_;   // by ticket, ahead of their ring entries
  std::vector<protocol::AttemptResult> results_;  // taken from the ring, not reported yet
  PollPace pace_;
  TimePoint next_poll_ = kNever;
  bool polling_ = false;
  std::uint64_t active_ticket_ = 0;

  int pid_ = 0;
  std::map<std::uint64_t, TimePoint> sent_;  // first ticket of what was sent together -> when
  bool ending_ = false;                      // we end it because of what it does
  std::vector<LostAttempt> lost_;
  std::optional<runlog::ErrorRecord> out_of_memory_;
  std::uint64_t peak_memory_ = 0;  // bytes, with its children; measured only at the end
  struct KillOrder {
    MiniBatchId mini_batch;
    ItemRange part;
    AttemptStatus status;
  };
  std::optional<KillOrder> kill_when_started_;
  std::uint64_t dump_from_ = 0;
  Loop::Timer dump_timer_ = 0;
  Loop::Timer end_timer_ = 0;
  std::optional<WorkerInitFailed> init_failure_;
  std::string broken_;  // why we ended it
  std::uint64_t oom_kills_before_ = 0;
};

}  // namespace batchmill::agent
