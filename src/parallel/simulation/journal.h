#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "parallel/scheduler.h"

namespace batchmill::parallel::simulation {

// Every input of every life of the leader with a digest of what the scheduler made of it, to play
// it all again into fresh schedulers: whatever else a decision depended on (addresses, the order of
// a hash table, a clock) shows as a difference (I-4).
class Journal {
 public:
  void begin_life(Epoch epoch, const std::vector<AttemptRecord>& committed, MiniBatchId high_water,
                  TimePoint now);
  void add(const Event& event, TimePoint now, const std::vector<Effect>& effects,
           const Scheduler& after);
  // Empty, or the first event that has other effects the second time.
  std::string replay(const StepRules& rules) const;
  // Of all effects of all lives.
  std::uint64_t digest() const;

 private:
  struct Entry {
    Event event;
    TimePoint now;
    std::uint64_t digest;
  };
  struct Life {
    Epoch epoch;
    std::vector<AttemptRecord> committed;
    MiniBatchId high_water;
    TimePoint began;
    std::vector<Entry> entries;
  };

  std::vector<Life> lives_;
};

}  // namespace batchmill::parallel::simulation
