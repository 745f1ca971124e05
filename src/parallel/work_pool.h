#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "model/attempt.h"
#include "parallel/lease_order.h"
#include "parallel/mini_batch_table.h"
#include "parallel/part_table.h"
#include "parallel/pending_ranges.h"
#include "parallel/retry_policy.h"
#include "parallel/retry_queue.h"
#include "parallel/scheduler.h"
#include "parallel/twin_table.h"

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
  // Whether it finished its mini-batch, and how.
  std::optional<bool> recover(const AttemptRecord& committed);
  void recovered(MiniBatchId high_water, TimePoint release);

  // ---- figures
  Phase phase(MiniBatchId id) const { return table_.phase(id); }
  // Where an attempt stands; kCut for a part that is none any more, or was never.
  Phase phase(const AttemptId& id) const {
    return id.part.is_whole() ? table_.phase(id.mini_batch) : phase_of_part(id);
  }
  const MiniBatchTable& table() const { return table_; }
  const PartTable& parts() const { return parts_; }
  History history(const AttemptId& id) const;
  std::uint64_t fresh() const { return planned_ > next_fresh_ ? planned_ - next_fresh_ : 0; }
  // Mini-batches and parts of them.
  std::uint64_t count(Phase phase) const { return table_.count(phase) + parts_.count(phase); }
  std::uint64_t leased() const { return count(Phase::kLeased); }
  // May be leased or is.
  std::uint64_t unfinished() const { return fresh() + count(Phase::kPending) + leased(); }
  std::uint64_t waiting() const { return count(Phase::kWaiting); }
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
  // Whether the present lease, or one of two twins, is the one with this number.
  bool is_leased_as(const AttemptId& id) const;
  void give_back(const AttemptId& id, TimePoint now);         // uncharged, free at once
  void wait_for_agent(const AttemptId& id, TimePoint until);  // uncharged, free after `until`
  void retry(const Retry& retry, TimePoint now);
  // No other node can still hold what is waiting.
  void release_waiting_by(TimePoint when);
  // Frees what waited long enough; true when something became available.
  bool wake(TimePoint now);
  TimePoint next_wake() const;
  TimePoint next_release(TimePoint now) const { return retries_.next_release(now); }

  // ---- twins: two leases of the same
  TwinTable& twins() { return twins_; }
  const TwinTable& twins() const { return twins_; }
  bool may_get_twin(const AttemptId& id) const;

  // ---- results
  // Whether a result counts. Dropped: duplicates, those of an attempt that was superseded, and what
  // cannot be part of the plan. `held`: its worker held exactly this lease; `good`: it is a
  // success; `current`: the epoch of this leader.
  bool accepts(const AttemptId& id, bool held, bool good, Epoch current) const;
  void settle(const AttemptId& id);
  void remember_failure(const AttemptId& id, AttemptStatus status);  // committed, not final
  // Committed, final: whether its mini-batch is finished by it, and how.
  std::optional<bool> finish(const AttemptId& id, bool success);
  // Committed, tries used up: the halves, which are pending; `items` of a whole mini-batch.
  std::array<ItemRange, 2> cut(const AttemptId& id, std::uint32_t items);

  std::string inconsistency() const;

 private:
  struct WaitingSet {
    TimePoint release;
    std::vector<IdRange> ranges;
    std::vector<AttemptId> parts;
  };

  bool is_plausible(MiniBatchId id) const;
  void follow(LeaseOrder::Order order);
  bool is_first_try(MiniBatchId id) const;
  Phase phase_of_part(const AttemptId& id) const;
  void set_phase(const AttemptId& id, Phase phase);
  History& history_of(const AttemptId& id);
  void leave_free_place(const AttemptId& id);
  void release(const IdRange& range, TimePoint now);
  void free_for_leasing(const AttemptId& id, TimePoint now);

  MiniBatchTable table_;
  PartTable parts_;
  TwinTable twins_;
  std::uint64_t planned_ = 0;
  bool complete_ = false;
  std::uint64_t next_fresh_ = 0;
  PendingRanges ranges_;  // pending first tries, unless they wait in `order_`
  LeaseOrder order_;
  RetryQueue retries_;  // pending others
  std::vector<Retry> beyond_plan_;
  std::vector<WaitingSet> waiting_;
  std::unordered_map<MiniBatchId, History> histories_;  // of whole ones
};

}  // namespace batchmill::parallel
