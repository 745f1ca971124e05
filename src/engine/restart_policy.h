#pragma once

#include <cstdint>

#include "base/time.h"

namespace batchmill::engine {

// When the supervisor starts the leader again (design.md section 1). Pure.
//
// A life that made something durable resets the count; three in a row without give up. Between
// lives it backs off: 0.1 s, 0.4 s, 1.6 s.
class RestartPolicy {
 public:
  struct Next {
    bool restart = false;
    Duration delay{};
  };
  Next after_life(bool made_progress);
  // The life found the job's lock held. Another leader is at work, which is the end of it, unless
  // someone asked to resume: a leader of an ended job holds the lock until its agents are gone and
  // takes no requests any more, so this one waits for it.
  static Next after_finding_it_held(bool asked_to_resume);
  std::uint32_t fruitless() const { return fruitless_; }

  static constexpr std::uint32_t kMostFruitless = 3;

 private:
  std::uint32_t fruitless_ = 0;
};

}  // namespace batchmill::engine
