#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace batchmill {

// A lock that lasts as long as this object or the process (an OFD lock of the whole file).
class HeldLock {
 public:
  virtual ~HeldLock() = default;
};

// Locks by path: the leader holds leader.lock, each agent agents/<node>.lock. A held lock is the
// only evidence that its owner lives.
class Locks {
 public:
  virtual ~Locks() = default;
  // Creates the file when missing. kUnavailable when another process holds the lock.
  virtual Result<std::unique_ptr<HeldLock>> try_lock(const std::string& path) = 0;
  virtual bool is_held(const std::string& path) const = 0;  // false when the file is missing
};

}  // namespace batchmill
