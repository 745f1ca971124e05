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
  std::uint32_t fruitless() const { return fruitless_; }

  static constexpr std::uint32_t kMostFruitless = 3;

 private:
  std::uint32_t fruitless_ = 0;
};

}  // namespace batchmill::engine
