#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "model/attempt.h"
#include "model/ids.h"

// The parallel core (design.md section 5): a deterministic state machine,
//
//     (state, event, now) -> effects
//
// It decides which worker runs which mini-batch, what is retried, what is committed, and when the
// step is over. It does nothing itself: the engine turns messages, ledger answers and timers into
// events and carries out the effects in order. No clock, no randomness, no I/O (I-4).
namespace batchmill::parallel {

// Settings of one parallel step, resolved (parallel-job.md 1 and 5).
struct StepRules {
  std::uint32_t max_retries = 2;  // tries = max_retries + 1
  Duration run_timeout = std::chrono::seconds(60);
  Duration load_timeout = std::chrono::seconds(600);
  bool count_check = true;  // a short return fails the attempt (5.3)
  std::int64_t error_threshold = -1;
  std::int64_t mini_batch_error_threshold = -1;
  double allowed_failed_percent = 100;
  Duration first_task_timeout = std::chrono::seconds(600);
  Duration progress_timeout = std::chrono::seconds(300);
  std::uint32_t workers_per_node = 1;
  bool expects_rows = false;  // append_row_to is set: not one row in the whole job is a failure
  bool allow_empty_input = false;
  // Items of a mini-batch by the plan, for attempts whose outcome cannot say (a lost node, a dead
  // worker: `total` 0). Must depend on the plan alone. Empty: such attempts count no items.
  std::function<std::uint32_t(MiniBatchId)> items_of;
  // A mini-batch whose tries are used up is cut in halves, which are tried once each, and so on
  // down to single items, which get all tries. Only where the number of items is known and at least
  // two.
  bool bisect = false;
  // A second attempt of a straggler, when a worker has nothing else to do; the first good one
  // counts.
  bool speculation = false;
  bool largest_first = false;  // nothing is leased before PlanComplete, which brings the order
  Duration init_stagger{};     // between the starts of two workers of the step
  double max_mini_batches_per_second = 0;  // leases, retries included; 0: no limit
  std::uint32_t fixed_window = 0;  // leases that a worker holds (streaming contract); 0: measured
};

// A contiguous run of mini-batches that share the number of the try. A part of a bisected
// mini-batch is a range of its own, with count 1.
struct LeaseRange {
  MiniBatchId first;
  std::uint32_t count = 0;
  std::uint16_t attempt = 1;
  ItemRange part;
  bool operator==(const LeaseRange&) const = default;
};

// Why a worker never became ready.
enum class InitFailure : std::uint8_t { kScript = 1, kInit = 2, kCrash = 3, kTimeout = 4 };

// A warm worker that an agent kept while there was no leader. Leases whose results it still has to
// replay need not be named. One that holds leases of two epochs appears twice.
struct AdoptedWorker {
  WorkerId worker;
  bool ready = false;
  std::vector<LeaseRange> leases;  // of epoch `lease_epoch`, not reported yet
  Epoch lease_epoch;
};

// ---- events ----------------------------------------------------------------------------------

struct PlanGrew {
  std::uint64_t mini_batches = 0;  // [0, mini_batches) may be leased
};
// The input cannot be listed or cut to its end: the step fails.
struct PlanFailed {
  std::string reason;
};
struct PlanComplete {
  std::uint64_t mini_batches = 0;
  std::uint64_t items = 0;  // 0 when only an estimate is known
  // With largest_first: every mini-batch once, in the order in which first tries are leased.
  std::shared_ptr<const std::vector<MiniBatchId>> order;
};
// A node is there, or there again. `next_process` is a lower bound for the numbers of new workers
// where the agent knows one (0: by what was adopted and recovered). A second NodeJoined of a node
// that was not lost is a reconnection: workers that it does not name are gone.
struct NodeJoined {
  NodeId node;
  std::vector<AdoptedWorker> adopted;
  std::uint32_t next_process = 0;
};
// After a restart of the leader: each node of an earlier life has joined or is gone. Mini-batches
// that nobody holds go back after the short time in which results that the agents kept may still
// arrive.
struct AllNodesBack {};
// The node will not come back; a replacement has a new id. Watchdogs rest while there is no node.
struct NodeLost {
  NodeId node;
  std::string reason;
};
// No node is left and none will come: the step fails.
struct NoNodesLeft {
  std::string reason;
};
// The process of a worker runs and init() begins; before that it waits for a core. Watchdogs rest
// while no worker has got so far.
struct WorkerStarting {
  WorkerId worker;
};
struct WorkerReady {
  WorkerId worker;
};
struct WorkerFailed {
  WorkerId worker;
  InitFailure kind = InitFailure::kInit;
  std::string error;  // JSON error record
};
struct WorkerExited {
  WorkerId worker;
  bool asked = false;
};
struct AttemptFinished {
  WorkerId worker;
  AttemptId id;
  Outcome outcome;
};
struct LeasesReturned {
  WorkerId worker;
  Epoch epoch;
  std::vector<LeaseRange> ranges;
};
// From heartbeats: what a worker does now; keeps the watchdogs and the display informed.
struct WorkerBusy {
  WorkerId worker;
  std::uint32_t queued = 0;
  bool running = false;
  MiniBatchId mini_batch;
  Duration running_for{};
};
struct Committed {
  std::uint64_t group = 0;  // as in Commit
};
struct CommitFailed {
  std::uint64_t group = 0;
  std::string reason;
};
struct Tick {};
struct CancelRequested {};

using Event = std::variant<PlanGrew, PlanComplete, PlanFailed, NodeJoined, AllNodesBack, NodeLost,
                           NoNodesLeft, WorkerStarting, WorkerReady, WorkerFailed, WorkerExited,
                           AttemptFinished, LeasesReturned, WorkerBusy, Committed, CommitFailed,
                           Tick, CancelRequested>;

// ---- effects ---------------------------------------------------------------------------------

struct StartWorker {
  WorkerId worker;  // a fresh process number of its node
};
// Answered by WorkerExited. A worker that is still there after 60 s is asked again without grace,
// and 10 s later the step ends without it.
struct StopWorker {
  WorkerId worker;
  bool graceful = true;  // let it call shutdown()
};
struct Lease {
  WorkerId worker;
  std::vector<LeaseRange> ranges;
};
struct Revoke {
  WorkerId worker;
  std::uint32_t keep = 0;
};
struct KillAttempt {
  WorkerId worker;
  MiniBatchId mini_batch;
  AttemptStatus status = AttemptStatus::kCanceled;
  ItemRange part;
};
// Write this group to the ledger; answer with Committed or CommitFailed of the same number.
// Groups are numbered 1, 2, ...; at most a few are outstanding.
struct Commit {
  std::uint64_t group = 0;
  std::vector<AttemptRecord> attempts;
  MiniBatchId lease_high_water;
};
enum class Verdict : std::uint8_t { kCompleted, kFailed, kCanceled };
enum class Cause : std::uint8_t {
  kNone,
  kMiniBatchThreshold,
  kItemThreshold,
  kPercentThreshold,
  kScript,  // import failed, run missing
  kInit,    // init rules 1 and 2
  kFirstTask,
  kNoProgress,
  kNoRows,
  kEmptyInput,
  kAllNodesLost,
  kCommitFailed,
  kPlanFailed,
  kCanceled,
};
// The step is over: every worker is stopped, every result that counts is committed. Last effect.
struct Finish {
  Verdict verdict = Verdict::kCompleted;
  Cause cause = Cause::kNone;
  std::string detail;  // numbers for the message, e.g. the reason of a failed commit
  std::string error;   // error record of the worker that ended it, if one did
};

using Effect = std::variant<StartWorker, StopWorker, Lease, Revoke, KillAttempt, Commit, Finish>;

// ---- what is committed -----------------------------------------------------------------------

// Only commits move these figures (I-3).
struct Tally {
  std::uint64_t mini_batches = 0;   // planned so far
  bool mini_batches_known = false;  // the plan is complete
  std::uint64_t succeeded = 0;      // mini-batches
  std::uint64_t failed = 0;         // finally failed mini-batches
  std::uint64_t tries = 0;          // committed attempts
  std::uint64_t items_total = 0;    // of finished mini-batches
  std::uint64_t items_succeeded = 0;
  std::uint64_t items_failed = 0;
  std::uint64_t rows = 0;
  std::uint32_t workers_ready = 0;
  std::uint32_t workers_busy = 0;
  std::uint32_t workers_starting = 0;
};

class Scheduler {
 public:
  // `now` starts the watchdogs.
  Scheduler(StepRules rules, Epoch epoch, TimePoint now);
  ~Scheduler();
  Scheduler(Scheduler&&) noexcept;
  Scheduler& operator=(Scheduler&&) noexcept;

  // Recovery: every attempt that earlier lives committed, in commit order, then the high-water
  // mark. Uncommitted mini-batches below the mark wait for a node that still holds them, until
  // AllNodesBack or for 60 s; new work starts above it. Call before the first handle().
  void recover(const AttemptRecord& committed);
  void recovered(MiniBatchId lease_high_water, TimePoint now);

  // Appends to `effects` in the order in which they must be carried out.
  void handle(const Event& event, TimePoint now, std::vector<Effect>& effects);
  // When a Tick is due at the latest; kNever when only an event can change anything.
  TimePoint next_deadline() const;

  const Tally& tally() const;
  bool finished() const;
  // Verifies the machine's own invariants (I-2 among them); empty when they hold. For tests and
  // simulation, after every event.
  std::string sanity_check() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace batchmill::parallel
