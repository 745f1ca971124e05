#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/attempt.h"
#include "model/ids.h"

namespace batchmill {

// What of the plan is durable: the first `records` records of the manifest with their hash, and
// whether listing was complete (design.md section 6, step 2).
struct PlanMark {
  std::uint64_t records = 0;
  std::uint64_t mini_batches = 0;
  std::uint64_t hash = 0;
  bool complete = false;
};

// One durable write: attempts, the lease high-water mark (first mini-batch never leased yet).
struct CommitGroup {
  std::vector<AttemptRecord> attempts;
  MiniBatchId lease_high_water;
};

// The per-step record of what counts (I-1, I-3). Blocking calls; the engine makes them on one
// thread of its own. A call that returned success survives a crash of the machine. After a commit
// that failed every further one fails too, and nothing of it counts in this life; the next opening
// finds it missing or, if the disk went on failing, perhaps whole, never in part.
class Ledger {
 public:
  virtual ~Ledger() = default;
  virtual Result<void> commit(const CommitGroup& group) = 0;
  virtual Result<void> mark_plan(const PlanMark& mark) = 0;
  virtual Result<PlanMark> plan_mark() const = 0;
  virtual Result<MiniBatchId> lease_high_water() const = 0;
  // Every committed attempt in commit order. `visit` returning false ends the walk. Without
  // `with_errors` the error text stays empty (recovery reads millions of rows).
  virtual Result<void> for_each_attempt(
      bool with_errors, const std::function<bool(const AttemptRecord&)>& visit) const = 0;
  // Durable small facts of the step ("finished", "merged", ...); absent keys read as "".
  virtual Result<void> put_fact(const std::string& key, const std::string& value) = 0;
  virtual Result<std::string> fact(const std::string& key) const = 0;
  // `job resume` after a failure: finally failed mini-batches get fresh tries. Their attempts stay
  // in the reports but no longer count; for_each_attempt then yields them with final = false. A
  // bisected mini-batch with a failed part starts over as a whole: its good parts are forgotten
  // too. One that was split but has no failed part goes on where it stands.
  virtual Result<void> forget_failures() = 0;
  // From here on commits carry the hash of the code that ran; durable on return. A ledger that was
  // opened anew uses none ("") until told.
  virtual Result<void> use_code(const std::string& hash) = 0;
  // Hashes by AttemptRecord::code. The first is "": of attempts committed before any use_code().
  virtual Result<std::vector<std::string>> codes() const = 0;
  // Takes over those attempts of another job's ledger that `keep` accepts, all or none of them,
  // with the hashes of the code that ran. `keep` may change the record (its spool). Their epoch
  // becomes 0, before any life of this job, so that they are never taken for one of its leases.
  virtual Result<void> import(const Ledger& from,
                              const std::function<bool(AttemptRecord&)>& keep) = 0;
};

}  // namespace batchmill
