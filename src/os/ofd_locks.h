#pragma once

#include "ports/locks.h"

namespace batchmill {

// Locks by F_OFD_SETLK: they belong to the open file, survive fork and exec of children that do not
// inherit it, and vanish with the last descriptor, however the process ends.
class OfdLocks : public Locks {
 public:
  Result<std::unique_ptr<HeldLock>> try_lock(const std::string& path) override;
  bool is_held(const std::string& path) const override;
};

}  // namespace batchmill
