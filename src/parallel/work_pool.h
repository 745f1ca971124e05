#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "model/attempt.h"
#include "parallel/lease_order.h"
#include "parallel/mini_batch_table.h"
#include "parallel/pending_ranges.h"
#include "parallel/retry_policy.h"
#include "parallel/retry_queue.h"
#include "parallel/scheduler.h"

namespace batchmill::parallel {

// Every mini-batch of the step and where it stands: what may be leased, what came back, what a
// result may still change. Knows no workers beyond the names that a retry avoids.
class WorkPool {
 public:
  // ---- the plan
  // `order`, of a complete plan: first tries are leased in it instead of by id. All count as
  // leased then, so that a restart takes none that is not committed for surely unleased.
  void plan(std::uint64_t mini_batches, bool complete, LeaseOrder::Order order = nullptr);
  std::uint64_t planned() const { return planned_; }
  bool complete() const { return complete_; }
  // First mini-batch that was surely never leased.
  MiniBatchId high_water() const { return MiniBatchId{next_fresh_}; }

  // ---- recovery, before anything else
  void recover(const AttemptRecord& committed, const StepRules& rules);
  void recovered(MiniBatchId high_water, TimePoint release);

  // ---- figures
  Phase phase(MiniBatchId id) const { return table_.phase(id); }
  const MiniBatchTable& table() const { return table_; }
  History history(MiniBatchId id) const;
  std::uint64_t fresh() const { return planned_ > next_fresh_ ? planned_ - next_fresh_ : 0; }
  std::uint64_t leased() const { return table_.count(Phase::kLeased); }
  // May be leased or is.
  std::uint64_t unfinished() const { return fresh() + table_.count(Phase::kPending) + leased(); }
  std::uint64_t waiting() const { return table_.count(Phase::kWaiting); }
  bool has_first_tries() const {
    return fresh() > 0 || ranges_.has_below(planned_) || order_.left() > 0;
  }
  bool available() const { return has_first_tries() || retries_.has_ready(); }

  // ---- out
  struct Others {
    bool worker = false;  // another worker than the one that asks could take it
    bool node = false;    // ... on another node
  };
  std::optional<LeaseRange> take_retry(WorkerId worker, Others others, TimePoint now);
  std::optional<LeaseRange> take_first_tries(std::uint32_t most);
  // Claims a lease that an agent still holds from an earlier life, or from before a reconnection.
  bool adopt(const AttemptId& id);

  // ---- back
  // Whether the present lease of the mini-batch is the one with this number.
  bool is_leased_as(const AttemptId& id) const;
  void give_back(const AttemptId& id, TimePoint now);         // uncharged, free at once
  void wait_for_agent(const AttemptId& id, TimePoint until);  // uncharged, free after `until`
  void retry(const Retry& retry, TimePoint now);
  // No other node can still hold what is waiting.
  void release_waiting_by(TimePoint when);
  // Frees what waited long enough; true when something became available.
  bool wake(TimePoint now);
  TimePoint next_wake() const;
  TimePoint next_release() const { return retries_.next_release(); }

  // ---- results
  // Whether a result counts. Dropped: duplicates, those of an attempt that was superseded, and what
  // cannot be part of the plan. `held`: its worker held exactly this lease; `good`: it is a
  // success; `current`: the epoch of this leader.
  bool accepts(const AttemptId& id, bool held, bool good, Epoch current) const;
  void settle(MiniBatchId id);
  void remember_failure(const AttemptId& id, AttemptStatus status);  // committed, not final
  void finish(MiniBatchId id, bool success);                         // committed, final

  std::string inconsistency() const;

 private:
  struct WaitingSet {
    TimePoint release;
    std::vector<IdRange> ranges;
  };

  bool is_plausible(MiniBatchId id) const;
  void follow(LeaseOrder::Order order);
  bool is_first_try(MiniBatchId id) const;
  void leave_free_place(MiniBatchId id);
  void release(const IdRange& range, TimePoint now);
  void free_for_leasing(MiniBatchId id, std::uint16_t attempt, TimePoint now);

  MiniBatchTable table_;
  std::uint64_t planned_ = 0;
  bool complete_ = false;
  std::uint64_t next_fresh_ = 0;
  PendingRanges ranges_;  // pending first tries, unless they wait in `order_`
  LeaseOrder order_;
  RetryQueue retries_;  // pending others
  std::vector<Retry> beyond_plan_;
  std::vector<WaitingSet> waiting_;
  std::unordered_map<MiniBatchId, History> histories_;
};

}  // namespace batchmill::parallel
