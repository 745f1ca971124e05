#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "model/attempt.h"

namespace batchmill::runlog {

// Tells which committed attempt finishes its mini-batch, bisected ones included. Costs memory only
// for bisected mini-batches that are not finished. Pure.
class FinishedMiniBatches {
 public:
  // Every attempt in commit order. Whether the mini-batch succeeded, if this attempt was its last.
  std::optional<bool> add(const AttemptRecord& attempt);

 private:
  struct Parts {
    std::uint32_t open = 1;  // not final yet
    bool any_failed = false;
  };
  std::unordered_map<MiniBatchId, Parts> open_;
};

}  // namespace batchmill::runlog
