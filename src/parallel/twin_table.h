#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "model/attempt.h"
#include "parallel/retry_policy.h"

namespace batchmill::parallel {

// Two attempts at the same thing, a whole mini-batch or a part: the straggler and the second one
// that was leased in case it is faster. The first good result decides; until then a failure of one
// is no reason for a retry, because the other still runs.
struct Twins {
  struct Side {
    AttemptId id;
    WorkerId worker;
    bool runs = true;       // the worker holds it
    bool reported = false;  // with a failure
  };

  std::array<Side, 2> sides;
  History history;               // with failures that are not durable yet
  std::uint32_t unanswered = 0;  // results in commit groups
  bool decided = false;          // nothing else counts any more
  // A failure that used up the tries; it stands unless the other one succeeds.
  std::optional<AttemptRecord> last_try;

  Side* side(const AttemptId& id);
  const Side* side(const AttemptId& id) const;
  std::optional<AttemptId> first_unreported() const;  // by number
  int running() const { return sides[0].runs + sides[1].runs; }
  // As WorkPool::accepts(), for an attempt that is not superseded.
  bool accepts(const AttemptId& id, bool held, bool good, Epoch current) const;
};

// Kept only while there are two, and until the last of their results is durable.
class TwinTable {
 public:
  Twins* find(const AttemptId& id);
  const Twins* find(const AttemptId& id) const;
  Twins& add(const Twins::Side& first, const Twins::Side& second, const History& history);
  void remove(const AttemptId& id) { twins_.erase(key(id)); }
  using Key = std::pair<MiniBatchId, ItemRange>;
  const std::map<Key, Twins>& all() const { return twins_; }

 private:
  static Key key(const AttemptId& id) { return {id.mini_batch, id.part}; }

  std::map<Key, Twins> twins_;
};

}  // namespace batchmill::parallel
